import type { ASTNode } from '@marcbachmann/cel-js'
import type { Scope } from '../../kernel/model/expression.ts'
import { suggest } from '../suggest.ts'
import type { CelContext, Compiled } from './compiled.ts'
import { EvaluationFailure, ExpressionProblem, fail } from './failure.ts'
import { createFrame } from './frame.ts'
import type { Evaluate } from './frame.ts'
import { accepts } from './function.ts'
import type { ExpressionFunction, ParameterKind } from './function.ts'
import { functionsByName } from './functions/index-of-functions.ts'
import { compileMacro, macroNames } from './macros.ts'
import { isMaybe } from './type.ts'
import { typeOf } from './value.ts'
import type { Value } from './value.ts'

/** `f(a, b)`. */
export function compileCall(
  node: ASTNode,
  name: string,
  nodes: readonly ASTNode[],
  context: CelContext,
): Compiled {
  const macro = compileMacro(node, name, undefined, nodes, context)
  return macro ?? compileFunction(node, name, nodes, context)
}

/** `a.f(b)`, which is `f(a, b)` unless it is a macro such as `a.map(x, …)`. */
export function compileMethod(
  node: ASTNode,
  name: string,
  receiver: ASTNode,
  nodes: readonly ASTNode[],
  context: CelContext,
): Compiled {
  const macro = compileMacro(node, name, receiver, nodes, context)
  return macro ?? compileFunction(node, name, [receiver, ...nodes], context)
}

function compileFunction(
  node: ASTNode,
  name: string,
  nodes: readonly ASTNode[],
  context: CelContext,
): Compiled {
  const spec = functionsByName.get(name)
  if (spec === undefined) throw unknownFunction(node, name, context)
  checkCount(node, spec, nodes.length)
  const compiled = nodes.map((argument) => context.compile(argument, context))
  compiled.forEach((argument, index) => {
    const kind = kindOf(spec, index)
    if (kind === 'any' || isMaybe(argument.type, kind)) return
    const message = `Expected ${kind} as argument ${index + 1} of \`${name}\`, found ${argument.type.kind}.`
    throw new ExpressionProblem('EXPRESSION_TYPE', message, nodes[index] ?? node)
  })
  const types = compiled.map((argument) => argument.type)
  const type = typeof spec.result === 'function' ? spec.result(types) : spec.result
  checkLiterals(spec, compiled, nodes)
  const run = functionRun(
    spec,
    compiled.map((argument) => argument.run),
  )
  const isJson = isScalarKind(type.kind)
  const constant = fold(spec, compiled, run, node)
  return constant === undefined
    ? { type, run, isJson }
    : { type, run: () => constant, isJson, constant }
}

function checkLiterals(
  spec: ExpressionFunction,
  compiled: readonly Compiled[],
  nodes: readonly ASTNode[],
): void {
  for (const [index, { constant }] of compiled.entries()) {
    const node = nodes[index]
    if (constant === undefined || node === undefined) continue
    attempt(node, () => spec.checkLiteral?.(index, constant))
  }
}

/** The result, where the arguments are literals: computed once, and its failure found early. */
function fold(
  spec: ExpressionFunction,
  compiled: readonly Compiled[],
  run: Evaluate,
  node: ASTNode,
): Value | undefined {
  const isKnown = compiled.every((argument) => argument.constant !== undefined)
  if (!isKnown || spec.isVolatile === true) return undefined
  return attempt(node, () => run(createFrame(noScope, '')))
}

/** No literal looks at the scope. */
const noScope: Scope = {
  input: {},
  state: {},
  execution: { id: '', flow: '', version: 0, startedAt: 0 },
  message: { id: '', at: 0 },
}

function attempt<Result>(node: ASTNode, compute: () => Result): Result {
  try {
    return compute()
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure)) throw failure
    throw new ExpressionProblem('EXPRESSION_TYPE', failure.message, node)
  }
}

function isScalarKind(kind: string): boolean {
  return kind === 'bool' || kind === 'string'
}

function functionRun(spec: ExpressionFunction, runs: readonly Evaluate[]): Evaluate {
  const { run, name } = spec
  const kinds = runs.map((_, index) => kindOf(spec, index))
  const check = (value: Value, index: number): Value => {
    const kind = kinds[index] ?? 'any'
    if (kind === 'any' || accepts(kind, value)) return value
    return fail(`Expected ${kind} as argument ${index + 1} of \`${name}\`, found ${typeOf(value)}.`)
  }
  const [first, second] = runs
  if (first !== undefined && runs.length === 1) {
    return (frame) => run([check(first(frame), 0)], frame)
  }
  if (first !== undefined && second !== undefined && runs.length === 2) {
    return (frame) => run([check(first(frame), 0), check(second(frame), 1)], frame)
  }
  return (frame) =>
    run(
      runs.map((evaluate, index) => check(evaluate(frame), index)),
      frame,
    )
}

function kindOf(spec: ExpressionFunction, index: number): ParameterKind {
  return spec.parameters[index] ?? spec.rest ?? 'any'
}

function checkCount(node: ASTNode, spec: ExpressionFunction, count: number): void {
  const max = spec.rest === undefined ? spec.parameters.length : Number.POSITIVE_INFINITY
  const min = spec.required ?? spec.parameters.length
  if (count >= min && count <= max) return
  const expected =
    min === max
      ? `${min}`
      : max === Number.POSITIVE_INFINITY
        ? `at least ${min}`
        : `${min} to ${max}`
  const message = `Expected ${expected} argument${expected === '1' ? '' : 's'} of \`${spec.name}\`, found ${count}.`
  throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
}

function unknownFunction(node: ASTNode, name: string, context: CelContext): ExpressionProblem {
  const meant = suggest(name, [...functionsByName.keys(), ...macroNames])
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  const offset = context.text.slice(node.start, node.end).search(new RegExp(`\\b${name}\\s*\\(`))
  const start = offset === -1 ? node.start : node.start + offset
  const place = { start, end: offset === -1 ? node.end : start + name.length }
  const message = `Expected a function of the expression language, found \`${name}\`.${hint}`
  return new ExpressionProblem('EXPRESSION_NAME_UNKNOWN', message, place, meant)
}
