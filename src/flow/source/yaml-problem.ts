import { CST, Lexer } from 'yaml'
import type { YAMLError } from 'yaml'
import type { SourceProblem, Span } from './source-node.ts'

/**
 * Says what is wrong with a YAML text in the words of someone who wrote it. One mistake makes the
 * parser stumble many times; only the first stumble is told, at the place of the mistake.
 */
export function yamlProblems(errors: readonly YAMLError[], text: string): SourceProblem[] {
  const first = errors.reduce<YAMLError | undefined>(
    (before, error) => (before === undefined || isBefore(error, before) ? error : before),
    undefined,
  )
  return first === undefined ? [] : [toProblem(first, text)]
}

/** The parser complains about the value of a key that spans lines before it does about the key. */
function isBefore(error: YAMLError, other: YAMLError): boolean {
  if (error.pos[0] !== other.pos[0]) return error.pos[0] < other.pos[0]
  return error.code === 'MULTILINE_IMPLICIT_KEY' && other.code === 'BLOCK_AS_IMPLICIT_KEY'
}

function toProblem(error: YAMLError, text: string): SourceProblem {
  const { message, span } = explain(error, text)
  const end = Math.max(span.end, span.start + 1)
  return { code: 'YAML_SYNTAX', message, span: { start: span.start, end } }
}

interface Explanation {
  readonly message: string
  readonly span: Span
}

function explain(error: YAMLError, text: string): Explanation {
  const [start, end] = error.pos
  const span = { start, end }
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'Expected spaces as indentation, found a tab.', span }
    case 'MULTILINE_IMPLICIT_KEY':
      return explainKeyOverLines(text, start, end)
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message:
          'Expected one `key: value` in a line, found a second one. A text with `: ` in it goes in quotes.',
        span,
      }
    case 'BLOCK_IN_FLOW':
      return {
        message:
          'Expected a comma between the parts of `{ … }` or `[ … ]`, found another `key: value`.',
        span,
      }
    case 'BAD_SCALAR_START':
      return {
        message: `Expected a value, found \`${text.charAt(start)}\`. A text that begins with it goes in quotes.`,
        span,
      }
    case 'BAD_DQ_ESCAPE':
      return {
        message: `Expected an escape that YAML knows, found \`${text.slice(start, start + 2)}\`. In single quotes a backslash is only itself.`,
        span,
      }
    case 'TAG_RESOLVE_FAILED':
      return {
        message: `${sentence(error.message)} Only the tags of YAML's core schema are allowed.`,
        span,
      }
    default:
      return explainByMessage(error.message, text, span)
  }
}

function explainByMessage(message: string, text: string, span: Span): Explanation {
  if (message.endsWith('must start at the same column')) {
    const start = indentationEnd(text, span.start)
    const found = start - lineStart(text, start) + 1
    return {
      message: `Expected this line to begin in the same column as the lines it belongs to, found it in column ${found}.`,
      span: { start, end: contentEnd(text, start) },
    }
  }
  if (message === 'Implicit map keys need to be followed by map values') {
    return { message: noColon(text.slice(span.start, span.end)), span }
  }
  if (/^Flow (map|sequence) .*(end with a|must be sufficiently indented)/.test(message)) {
    const open = lastOpenBracket(text, span.start)
    if (open !== undefined) {
      const [opening, closing] = text[open] === '{' ? ['{', '}'] : ['[', ']']
      return {
        message: `Expected \`${closing}\` for this \`${opening}\`, found none in its line or the indented lines below it.`,
        span: { start: open, end: open + 1 },
      }
    }
  }
  const quote = /^Missing closing (["'])quote$/.exec(message)?.[1]
  if (quote !== undefined) {
    const start = openQuote(text, span.start, quote) ?? span.start
    return {
      message: `Expected a closing \`${quote}\` for this quote, found none.`,
      span: { start, end: start + 1 },
    }
  }
  if (/^Unexpected (plain-)?scalar (at node end|in)/.test(message)) {
    return {
      message:
        'Expected the end of the value after its closing quote, found more. Put the whole value in quotes.',
      span,
    }
  }
  if (/^Unexpected .*token/.test(message)) {
    const found = text.slice(span.start, span.end).trim().slice(0, 20)
    return { message: `Expected another \`key: value\`, found \`${found}\`.`, span }
  }
  return { message: sentence(message), span }
}

/** A key over several lines has no colon in its first line, or a line of it is indented too far. */
function explainKeyOverLines(text: string, start: number, end: number): Explanation {
  const firstEnd = contentEnd(text, start)
  const secondStart = indentationEnd(text, lineStart(text, Math.max(start, end - 1)))
  const firstStart = indentationEnd(text, lineStart(text, start))
  const firstColumn = firstStart - lineStart(text, start) + 1
  const secondColumn = secondStart - lineStart(text, secondStart) + 1
  if (firstStart < start && secondStart > firstEnd && secondColumn > firstColumn) {
    return {
      message: `Expected this line to begin in column ${firstColumn}, as the line before it, found it in column ${secondColumn}.`,
      span: { start: secondStart, end: contentEnd(text, secondStart) },
    }
  }
  return { message: noColon(text.slice(start, firstEnd)), span: { start, end: firstEnd } }
}

function noColon(line: string): string {
  const found = line.replaceAll(/\p{C}/gu, '\uFFFD').slice(0, 60)
  return line.includes(':')
    ? `Expected \`key: value\`, found \`${found}\`: the space behind the colon is missing.`
    : `Expected \`key: value\`, found \`${found}\`: the colon is missing.`
}

/** The bracket before this place that nothing closes. */
function lastOpenBracket(text: string, before: number): number | undefined {
  const open: number[] = []
  for (const { type, offset } of tokens(text)) {
    if (offset >= before) break
    if (type === 'flow-map-start' || type === 'flow-seq-start') open.push(offset)
    if (type === 'flow-map-end' || type === 'flow-seq-end') open.pop()
  }
  return open.at(-1)
}

/** Where the quoted text begins that is still open at this place. */
function openQuote(text: string, before: number, quote: string): number | undefined {
  let found: number | undefined
  for (const { offset } of tokens(text)) {
    if (offset > before) break
    if (text[offset] === quote) found = offset
  }
  return found
}

function* tokens(
  text: string,
): Iterable<{ readonly type: string | null; readonly offset: number }> {
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    yield { type: CST.tokenType(token), offset }
    // The lexer's own marks, such as the one for a scalar, are no part of the text.
    const isMark = token === CST.DOCUMENT || token === CST.FLOW_END || token === CST.SCALAR
    if (!isMark) offset += token.length
  }
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the line's text ends, before a comment. */
function contentEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  const line = text.slice(offset, end < 0 ? text.length : end)
  return offset + line.replace(/\s#.*$/, '').trimEnd().length
}

function indentationEnd(text: string, offset: number): number {
  let end = offset
  while (text[end] === ' ') end += 1
  return end
}

function sentence(message: string): string {
  const text = message.trim()
  return /[.!?:]$/.test(text) ? text : `${text}.`
}
