import type { Expression } from '../../kernel/model/expression.ts'
import type { SourceNode } from '../source/source-node.ts'
import { compileText, toExpression } from './compile-expression.ts'
import type { Compiled, Root } from './compiled.ts'
import { ExpressionProblem } from './failure.ts'
import type { Frame } from './frame.ts'
import { requireBool } from './operators.ts'
import { parseCel } from './parse-cel.ts'
import { templateParts } from './template-parts.ts'
import { toText } from './to-json.ts'
import { anyType, boolType, closedMap, nullType, numberType, stringType, unite } from './type.ts'
import type { Type } from './type.ts'
import { putValue } from './value.ts'
import type { Value } from './value.ts'

export interface TemplateOptions {
  readonly roots: ReadonlyMap<string, Root>
  /** Names the place in the flow: two places draw different ids and numbers. */
  readonly salt: string
  /** Takes what is wrong; offsets of the problem count inside the node's text. */
  readonly report: (node: SourceNode, problem: ExpressionProblem, isWarning: boolean) => void
}

export interface Template {
  readonly expression: Expression
  readonly type: Type
}

/** Compiles a value with `${ … }` at any depth to one expression that builds the whole value. */
export function compileTemplate(node: SourceNode, options: TemplateOptions): Template {
  const compiled = compileNode(node, options)
  const expression = toExpression(sourceText(node), compiled, options.salt)
  return { expression, type: compiled.type }
}

/** Compiles what can only be a condition, so that the braces may be left out. */
export function compileCondition(
  node: SourceNode,
  options: TemplateOptions,
): Expression | undefined {
  const text =
    node.kind === 'scalar' && typeof node.value === 'boolean' ? `${node.value}` : textOf(node)
  if (text === undefined) return undefined
  const { source, start } = withoutBraces(text, node, options)
  const compiled = compileSafely(node, source, start, options)
  if (compiled === undefined) return undefined
  try {
    requireBool(compiled, parseCel(source), 'as condition')
  } catch (problem) {
    if (!(problem instanceof ExpressionProblem)) throw problem
    options.report(node, moved(problem, start), false)
  }
  return toExpression(source.trim(), compiled, options.salt)
}

/** Compiles the business key: an expression with or without braces, or a text with some in it. */
export function compileKey(node: SourceNode, options: TemplateOptions): Template | undefined {
  const text = textOf(node)
  if (text === undefined) return undefined
  if (text.includes('${')) return compileTemplate(node, options)
  const compiled = compileSafely(node, text, 0, options)
  if (compiled === undefined) return undefined
  return { expression: toExpression(text.trim(), compiled, options.salt), type: compiled.type }
}

function compileNode(node: SourceNode, options: TemplateOptions): Compiled {
  if (node.kind === 'scalar') {
    return typeof node.value === 'string'
      ? compileString(node, node.value, options)
      : constant(node.value)
  }
  if (node.kind === 'list') {
    const items = node.items.map((item) => compileNode(item, options))
    const runs = items.map((item) => item.run)
    const item = items.length === 0 ? anyType : items.map(({ type }) => type).reduce(unite)
    return {
      type: { kind: 'list', item },
      run: (frame) => runs.map((run) => run(frame)),
      isJson: false,
    }
  }
  const entries = node.entries.map(
    (entry) => [entry.key, compileNode(entry.value, options)] as const,
  )
  const run = (frame: Frame): Value => {
    const map: { [key: string]: Value | undefined } = {}
    for (const [key, value] of entries) putValue(map, key, value.run(frame))
    return map
  }
  return { type: closedMap(entries.map(([key, { type }]) => [key, type])), run, isJson: false }
}

function constant(value: null | boolean | number | string): Compiled {
  const type =
    value === null
      ? nullType
      : typeof value === 'boolean'
        ? boolType
        : typeof value === 'number'
          ? numberType
          : stringType
  return { type, run: () => value, isJson: true }
}

function compileString(node: SourceNode, text: string, options: TemplateOptions): Compiled {
  if (!text.includes('${')) return constant(text)
  const parts = partsOf(node, text, options)
  const [first, second] = parts
  // A block text of YAML ends with a line break that nobody meant.
  const isAlone = second === undefined || (parts.length === 2 && isLineEnd(second))
  if (first?.kind === 'expression' && isAlone) {
    return compileSafely(node, first.text, first.start, options) ?? unknown
  }
  const runs = parts.map((part) => {
    if (part.kind === 'text') return constant(part.text).run
    const compiled = compileSafely(node, part.text, part.start, options) ?? unknown
    return (frame: Frame): Value => toText(compiled.run(frame), frame)
  })
  const run = (frame: Frame): Value => runs.map((part) => part(frame)).join('')
  return { type: stringType, run, isJson: true }
}

/** Stands for an expression that could not be compiled, so that the rest is still checked. */
const unknown: Compiled = { type: anyType, run: () => null, isJson: true }

function partsOf(
  node: SourceNode,
  text: string,
  options: TemplateOptions,
): ReturnType<typeof templateParts> {
  try {
    return templateParts(text)
  } catch (problem) {
    if (!(problem instanceof ExpressionProblem)) throw problem
    options.report(node, problem, false)
    return []
  }
}

function compileSafely(
  node: SourceNode,
  source: string,
  start: number,
  options: TemplateOptions,
): Compiled | undefined {
  try {
    return compileText(source, options.roots, (problem) =>
      options.report(node, moved(problem, start), true),
    )
  } catch (problem) {
    if (!(problem instanceof ExpressionProblem)) throw problem
    options.report(node, moved(problem, start), false)
    return undefined
  }
}

function withoutBraces(
  text: string,
  node: SourceNode,
  options: TemplateOptions,
): { source: string; start: number } {
  if (!text.trimStart().startsWith('${')) return { source: text, start: 0 }
  const found = partsOf(node, text.trim(), options)
  const [only] = found
  if (found.length !== 1 || only?.kind !== 'expression') return { source: text, start: 0 }
  return { source: only.text, start: only.start + text.length - text.trimStart().length }
}

function moved(problem: ExpressionProblem, by: number): ExpressionProblem {
  const place = { start: problem.start + by, end: problem.end + by }
  return new ExpressionProblem(problem.code, problem.message, place, problem.suggestion)
}

function isLineEnd(part: ReturnType<typeof templateParts>[number]): boolean {
  return part.kind === 'text' && /^\r?\n$/.test(part.text)
}

function textOf(node: SourceNode): string | undefined {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

function sourceText(node: SourceNode): string {
  return textOf(node) ?? JSON.stringify(toPlain(node))
}

function toPlain(node: SourceNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toPlain)
  return Object.fromEntries(node.entries.map((entry) => [entry.key, toPlain(entry.value)]))
}
