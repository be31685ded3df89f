import { ExpressionProblem } from './failure.ts'

/** A text with `${ … }` in it, taken apart. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `start` counts inside the whole text, where the expression begins after the brace. */
  | { readonly kind: 'expression'; readonly text: string; readonly start: number }

/** Takes a text apart. `$${` stands for `${` itself. Throws an `ExpressionProblem`. */
export function templateParts(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      plain += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const end = expressionEnd(text, at + 2)
      if (end === undefined) {
        const message = 'Expected `}` at the end of the expression, found none.'
        throw new ExpressionProblem('EXPRESSION_SYNTAX', message, { start: at, end: text.length })
      }
      if (plain !== '') parts.push({ kind: 'text', text: plain })
      plain = ''
      parts.push({ kind: 'expression', text: text.slice(at + 2, end), start: at + 2 })
      at = end + 1
    } else {
      plain += text[at]
      at += 1
    }
  }
  if (plain !== '') parts.push({ kind: 'text', text: plain })
  return parts
}

/** The place of the brace that ends the expression: braces in texts and comments do not count. */
function expressionEnd(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"' || character === "'") {
      const end = textEnd(text, at)
      if (end === undefined) return undefined
      at = end
    } else if (character === '/' && text[at + 1] === '/') {
      const lineEnd = text.indexOf('\n', at)
      if (lineEnd === -1) return undefined
      at = lineEnd
    } else if (character === '{') {
      depth += 1
    } else if (character === '}') {
      if (depth === 0) return at
      depth -= 1
    }
  }
  return undefined
}

/** The place of the quote that ends a text of CEL: three quotes end at three, `r` takes no escape. */
function textEnd(text: string, start: number): number | undefined {
  const quote = text[start] ?? ''
  const mark = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote
  const isRaw = /[rR]/.test(text[start - 1] ?? '') && !/\w/.test(text[start - 2] ?? ' ')
  for (let at = start + mark.length; at < text.length; at += 1) {
    if (text[at] === '\\' && !isRaw) at += 1
    else if (text.startsWith(mark, at)) return at + mark.length - 1
  }
  return undefined
}
