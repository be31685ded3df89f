import type { ASTNode } from '@marcbachmann/cel-js'
import type { CelContext, Compiled } from './compiled.ts'
import { EvaluationFailure, ExpressionProblem, fail } from './failure.ts'
import { spend } from './frame.ts'
import type { Evaluate, Frame } from './frame.ts'
import { bool, requireBool } from './operators.ts'
import { anyType, boolType, stringType, unite } from './type.ts'
import type { Type } from './type.ts'
import { Optional, isList, isMap, nothing, typeOf } from './value.ts'
import type { Value } from './value.ts'

export const macroNames: readonly string[] = [
  'has',
  'coalesce',
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'bind',
  'orValue',
  'or',
  'hasValue',
  'value',
]

/**
 * What is not a function, because not every argument is evaluated, or not once. Answers nothing when
 * the name is no macro in this form.
 */
export function compileMacro(
  node: ASTNode,
  name: string,
  receiver: ASTNode | undefined,
  nodes: readonly ASTNode[],
  context: CelContext,
): Compiled | undefined {
  if (receiver === undefined) {
    if (name === 'has' && nodes[0] !== undefined) return compileHas(nodes[0], context)
    return name === 'coalesce' && nodes.length > 0 ? compileCoalesce(nodes, context) : undefined
  }
  const [first, second, third] = nodes
  if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel') {
    if (first === undefined || second === undefined || third === undefined) return undefined
    return compileBind(first, second, third, context)
  }
  if (first !== undefined && second !== undefined && isComprehension(name)) {
    if (name !== 'map' && third !== undefined) return undefined
    return compileComprehension(name, receiver, first, second, third, context)
  }
  return compileOptional(node, name, receiver, nodes, context)
}

type Comprehension = 'all' | 'exists' | 'exists_one' | 'map' | 'filter'

function isComprehension(name: string): name is Comprehension {
  return ['all', 'exists', 'exists_one', 'map', 'filter'].includes(name)
}

/** `has(a.b)`: whether the field is there. */
function compileHas(node: ASTNode, context: CelContext): Compiled {
  if (node.op !== '.' && node.op !== '[]') {
    const message = 'Expected a field such as `has(state.coupon)`, found something else.'
    throw new ExpressionProblem('EXPRESSION_SYNTAX', message, node)
  }
  // The field's absence is what is asked for, so a field that is not declared is no problem here.
  const { run } = context.compile(node, { ...context, warn: () => {} })
  return { type: boolType, run: (frame) => attempt(run, frame) !== undefined, isJson: true }
}

/** `coalesce(a, b, …)`: the first that is there and not null. */
function compileCoalesce(nodes: readonly ASTNode[], context: CelContext): Compiled {
  const choices = nodes.map((node) => context.compile(node, { ...context, warn: () => {} }))
  const runs = choices.map((choice) => choice.run)
  const types = choices.map(({ type }) => (type.kind === 'optional' ? type.item : type))
  const run: Evaluate = (frame) => {
    for (const choice of runs) {
      const value = attempt(choice, frame)
      const present = value instanceof Optional ? value.value : value
      if (present !== undefined && present !== null) return present
    }
    return null
  }
  return { type: types.reduce(unite), run, isJson: false }
}

/** The value, or nothing where evaluating fails. Steps stay spent, so the bound holds. */
function attempt(run: Evaluate, frame: Frame): Value | undefined {
  try {
    return run(frame)
  } catch (failure) {
    if (failure instanceof EvaluationFailure && frame.stepsLeft >= 0) return undefined
    throw failure
  }
}

/** `cel.bind(x, value, expression)`. */
function compileBind(
  nameNode: ASTNode,
  valueNode: ASTNode,
  bodyNode: ASTNode,
  context: CelContext,
): Compiled {
  const value = context.compile(valueNode, context)
  const { slot, inner } = withLocal(nameNode, value.type, context)
  const body = inner.compile(bodyNode, inner)
  const run: Evaluate = (frame) => {
    frame.locals[slot] = value.run(frame)
    return body.run(frame)
  }
  return { type: body.type, run, isJson: false }
}

function withLocal(
  nameNode: ASTNode,
  type: Type,
  context: CelContext,
): { slot: number; inner: CelContext } {
  if (nameNode.op !== 'id') {
    const message = 'Expected a name for the variable, found an expression.'
    throw new ExpressionProblem('EXPRESSION_SYNTAX', message, nameNode)
  }
  // A variable that hides another of the same name takes a slot of its own as well.
  const slot =
    [...context.locals.values()].reduce((max, local) => Math.max(max, local.slot), -1) + 1
  const locals = new Map(context.locals).set(nameNode.args, { slot, type })
  return { slot, inner: { ...context, locals } }
}

/** `list.map(x, …)`, `list.filter(x, …)` …; over a map they go through its keys. */
function compileComprehension(
  name: Comprehension,
  receiver: ASTNode,
  nameNode: ASTNode,
  second: ASTNode,
  third: ASTNode | undefined,
  context: CelContext,
): Compiled {
  const range = context.compile(receiver, context)
  const { slot, inner } = withLocal(nameNode, itemType(range.type, receiver), context)
  if (name === 'map') {
    const condition = third === undefined ? undefined : predicate(second, inner, name)
    const transform = inner.compile(third ?? second, inner)
    const run = mapRun(range.run, slot, condition, transform.run)
    return { type: { kind: 'list', item: transform.type }, run, isJson: false }
  }
  const test = predicate(second, inner, name)
  if (name === 'filter') {
    const type: Type = { kind: 'list', item: itemType(range.type, receiver) }
    return { type, run: filterRun(range.run, slot, test), isJson: range.isJson }
  }
  return { type: boolType, run: quantifierRun(name, range.run, slot, test), isJson: true }
}

function predicate(node: ASTNode, context: CelContext, name: string): (frame: Frame) => boolean {
  const condition = context.compile(node, context)
  requireBool(condition, node, `in \`${name}\``)
  return bool(condition.run, `in \`${name}\``)
}

function itemType(type: Type, node: ASTNode): Type {
  if (type.kind === 'any') return anyType
  if (type.kind === 'list') return type.item
  if (type.kind === 'map') return stringType
  const message = `Expected a list or a map, found ${type.kind}.`
  throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
}

function itemsOf(value: Value, frame: Frame): readonly Value[] {
  const items = isList(value) ? value : isMap(value) ? Object.keys(value) : undefined
  if (items === undefined) return fail(`Expected a list or a map, found ${typeOf(value)}.`)
  spend(frame, items.length)
  return items
}

function mapRun(
  range: Evaluate,
  slot: number,
  condition: ((frame: Frame) => boolean) | undefined,
  transform: Evaluate,
): Evaluate {
  return (frame) => {
    const results: Value[] = []
    for (const item of itemsOf(range(frame), frame)) {
      frame.locals[slot] = item
      if (condition === undefined || condition(frame)) results.push(transform(frame))
    }
    return results
  }
}

function filterRun(range: Evaluate, slot: number, test: (frame: Frame) => boolean): Evaluate {
  return (frame) =>
    itemsOf(range(frame), frame).filter((item) => {
      frame.locals[slot] = item
      return test(frame)
    })
}

/** As in CEL: an item that decides makes the failure of another irrelevant. */
function quantifierRun(
  name: 'all' | 'exists' | 'exists_one',
  range: Evaluate,
  slot: number,
  test: (frame: Frame) => boolean,
): Evaluate {
  return (frame) => {
    let failure: EvaluationFailure | undefined
    let count = 0
    for (const item of itemsOf(range(frame), frame)) {
      frame.locals[slot] = item
      try {
        const holds = test(frame)
        if (name === 'all' && !holds) return false
        if (name === 'exists' && holds) return true
        if (holds) count += 1
      } catch (error) {
        if (!(error instanceof EvaluationFailure) || name === 'exists_one') throw error
        if (frame.stepsLeft < 0) throw error
        failure ??= error
      }
    }
    if (failure !== undefined) throw failure
    return name === 'exists_one' ? count === 1 : name === 'all'
  }
}

/** Methods of an optional: what `.?` gave. */
function compileOptional(
  node: ASTNode,
  name: string,
  receiver: ASTNode,
  nodes: readonly ASTNode[],
  context: CelContext,
): Compiled | undefined {
  const arity = name === 'orValue' || name === 'or' ? 1 : 0
  if (!['orValue', 'or', 'hasValue', 'value'].includes(name) || nodes.length !== arity) {
    return undefined
  }
  const optional = context.compile(receiver, context)
  if (optional.type.kind !== 'optional' && optional.type.kind !== 'any') {
    const message = `Expected an optional such as \`state.?coupon\` before \`.${name}\`, found ${optional.type.kind}.`
    throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
  }
  const item = optional.type.kind === 'optional' ? optional.type.item : anyType
  const read = (frame: Frame): Optional => {
    const value = optional.run(frame)
    return value instanceof Optional ? value : new Optional(value)
  }
  if (name === 'hasValue') {
    return { type: boolType, run: (frame) => read(frame) !== nothing, isJson: true }
  }
  if (name === 'value' || nodes[0] === undefined) {
    const run: Evaluate = (frame) => {
      const { value } = read(frame)
      return value === undefined ? fail('Expected a value in the optional, found nothing.') : value
    }
    return { type: item, run, isJson: false }
  }
  const other = context.compile(nodes[0], context)
  const isOr = name === 'or'
  const run: Evaluate = (frame) => {
    const found = read(frame)
    if (found.value === undefined) return other.run(frame)
    return isOr ? found : found.value
  }
  return { type: unite(isOr ? optional.type : item, other.type), run, isJson: false }
}
