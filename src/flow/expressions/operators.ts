import type { ASTNode } from '@marcbachmann/cel-js'
import type { CelContext, Compiled } from './compiled.ts'
import { isEqual } from './equality.ts'
import { EvaluationFailure, ExpressionProblem, fail } from './failure.ts'
import { spend } from './frame.ts'
import type { Evaluate, Frame } from './frame.ts'
import {
  anyType,
  boolType,
  durationType,
  isMaybe,
  numberType,
  stringType,
  timestampType,
  unite,
} from './type.ts'
import type { Type } from './type.ts'
import { Duration, Timestamp, isList, isMap, ownValue, typeOf } from './value.ts'
import type { Value } from './value.ts'

export type BinaryOperator =
  | '=='
  | '!='
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '<'
  | '<='
  | '>'
  | '>='

export function compileBinary(
  op: BinaryOperator,
  node: ASTNode,
  operands: readonly [ASTNode, ASTNode],
  context: CelContext,
): Compiled {
  const left = context.compile(operands[0], context)
  const right = context.compile(operands[1], context)
  const type = resultType(op, left.type, right.type)
  if (type === undefined) {
    const message = `Expected values that fit \`${op}\`, found ${left.type.kind} ${op} ${right.type.kind}.${hintFor(op, left.type, right.type)}`
    throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
  }
  return { type, run: binaryRun(op, left.run, right.run), isJson: type.kind === 'bool' }
}

function hintFor(op: BinaryOperator, left: Type, right: Type): string {
  const kinds = new Set([left.kind, right.kind])
  if (kinds.has('string') && kinds.has('number')) {
    return op === '+'
      ? ' Turn the number into a text with `string(…)`.'
      : ' Turn the text into a number with `number(…)`.'
  }
  if (kinds.has('optional')) return ' Give a value for its absence with `.orValue(…)`.'
  return ''
}

function resultType(op: BinaryOperator, left: Type, right: Type): Type | undefined {
  switch (op) {
    case '==':
    case '!=':
      return canBeEqual(left, right) ? boolType : undefined
    case 'in':
      if (isMaybe(right, 'list')) return boolType
      return right.kind === 'map' && isMaybe(left, 'string') ? boolType : undefined
    case '<':
    case '<=':
    case '>':
    case '>=':
      return orderedKinds.some((kind) => isMaybe(left, kind) && isMaybe(right, kind))
        ? boolType
        : undefined
    default:
      return arithmeticType(op, left, right)
  }
}

const orderedKinds = ['number', 'string', 'timestamp', 'duration'] as const

function canBeEqual(left: Type, right: Type): boolean {
  const isLoose = (type: Type): boolean => type.kind === 'any' || type.kind === 'null'
  return isLoose(left) || isLoose(right) || left.kind === right.kind
}

type Arithmetic = '+' | '-' | '*' | '/' | '%'

const arithmeticRules: readonly (readonly [Type['kind'], string, Type['kind'], Type])[] = [
  ['number', '+-*/%', 'number', numberType],
  ['string', '+', 'string', stringType],
  ['timestamp', '+-', 'duration', timestampType],
  ['duration', '+', 'timestamp', timestampType],
  ['timestamp', '-', 'timestamp', durationType],
  ['duration', '+-', 'duration', durationType],
  ['duration', '*/', 'number', durationType],
]

function arithmeticType(op: Arithmetic, left: Type, right: Type): Type | undefined {
  const results = arithmeticRules
    .filter(([l, ops, r]) => ops.includes(op) && isMaybe(left, l) && isMaybe(right, r))
    .map((rule) => rule[3])
  if (op === '+' && isMaybe(left, 'list') && isMaybe(right, 'list')) {
    results.push(unite(left.kind === 'any' ? right : left, right.kind === 'any' ? left : right))
  }
  return results.length === 0 ? undefined : results.reduce(unite)
}

function binaryRun(op: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  switch (op) {
    case '==':
      return (frame) => equal(left(frame), right(frame), frame)
    case '!=':
      return (frame) => !equal(left(frame), right(frame), frame)
    case 'in':
      return (frame) => isIn(left(frame), right(frame), frame)
    case '<':
      return (frame) => compare(left(frame), right(frame), op) < 0
    case '<=':
      return (frame) => compare(left(frame), right(frame), op) <= 0
    case '>':
      return (frame) => compare(left(frame), right(frame), op) > 0
    case '>=':
      return (frame) => compare(left(frame), right(frame), op) >= 0
    case '+':
      return (frame) => add(left(frame), right(frame), frame)
    default:
      return (frame) => calculate(op, left(frame), right(frame))
  }
}

function equal(left: Value, right: Value, frame: Frame): boolean {
  return left === right || (typeof left === 'object' && isEqual(left, right, frame))
}

function isIn(item: Value, whole: Value, frame: Frame): boolean {
  if (isList(whole)) {
    spend(frame, whole.length)
    return whole.some((candidate) => equal(item, candidate, frame))
  }
  if (isMap(whole) && typeof item === 'string') return ownValue(whole, item) !== undefined
  return fail(`Expected a list, or a map with a string before \`in\`, found ${typeOf(whole)}.`)
}

/** Negative, zero or positive; `NaN` where a number is not comparable, so that all answers are no. */
function compare(left: Value, right: Value, op: BinaryOperator): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') {
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (left instanceof Timestamp && right instanceof Timestamp) return left.ms - right.ms
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms
  return unfit(op, left, right)
}

function add(left: Value, right: Value, frame: Frame): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left === 'string' && typeof right === 'string') {
    spend(frame, (left.length + right.length) >> 4)
    return left + right
  }
  if (isList(left) && isList(right)) {
    spend(frame, left.length + right.length)
    return [...left, ...right]
  }
  if (left instanceof Timestamp && right instanceof Duration) return moment(left.ms + right.ms)
  if (left instanceof Duration && right instanceof Timestamp) return moment(left.ms + right.ms)
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.ms + right.ms)
  return unfit('+', left, right)
}

function calculate(op: '-' | '*' | '/' | '%', left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    switch (op) {
      case '-':
        return left - right
      case '*':
        return left * right
      case '/':
        return right === 0 ? fail('Expected a divisor other than 0.') : left / right
      case '%':
        return right === 0 ? fail('Expected a divisor other than 0.') : left % right
    }
  }
  if (op === '-') {
    if (left instanceof Timestamp && right instanceof Duration) return moment(left.ms - right.ms)
    if (left instanceof Timestamp && right instanceof Timestamp) {
      return new Duration(left.ms - right.ms)
    }
    if (left instanceof Duration && right instanceof Duration) {
      return new Duration(left.ms - right.ms)
    }
  }
  if (left instanceof Duration && typeof right === 'number' && right !== 0) {
    if (op === '*') return new Duration(left.ms * right)
    if (op === '/') return new Duration(left.ms / right)
  }
  return unfit(op, left, right)
}

/** A point in time that has a date: within the years that ISO 8601 writes with four digits. */
export function moment(ms: number): Timestamp {
  const isDate = ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999
  return isDate ? new Timestamp(ms) : fail('Expected a date within the years 0000 to 9999.')
}

function unfit(op: BinaryOperator, left: Value, right: Value): never {
  return fail(`Expected values that fit \`${op}\`, found ${typeOf(left)} ${op} ${typeOf(right)}.`)
}

/** `&&` and `||` as in CEL: a side that decides makes the other side's failure irrelevant. */
export function compileLogical(
  op: '&&' | '||',
  operands: readonly [ASTNode, ASTNode],
  context: CelContext,
): Compiled {
  const [left, right] = operands.map((operand) => {
    const compiled = context.compile(operand, context)
    requireBool(compiled, operand, `as operand of \`${op}\``)
    return bool(compiled.run, `as operand of \`${op}\``)
  }) as [BoolEvaluate, BoolEvaluate]
  const decisive = op === '||'
  const run: Evaluate = (frame) => {
    let first: boolean
    try {
      first = left(frame)
    } catch (failure) {
      if (!(failure instanceof EvaluationFailure) || right(frame) !== decisive) throw failure
      return decisive
    }
    return first === decisive ? decisive : right(frame)
  }
  return { type: boolType, run, isJson: true }
}

export function compileTernary(
  operands: readonly [ASTNode, ASTNode, ASTNode],
  context: CelContext,
): Compiled {
  const condition = context.compile(operands[0], context)
  requireBool(condition, operands[0], 'before `?`')
  const test = bool(condition.run, 'before `?`')
  const yes = context.compile(operands[1], context)
  const no = context.compile(operands[2], context)
  return {
    type: unite(yes.type, no.type),
    run: (frame) => (test(frame) ? yes.run(frame) : no.run(frame)),
    isJson: yes.isJson && no.isJson,
  }
}

export function compileUnary(op: '!_' | '-_', operand: ASTNode, context: CelContext): Compiled {
  const compiled = context.compile(operand, context)
  if (op === '!_') {
    requireBool(compiled, operand, 'after `!`')
    const test = bool(compiled.run, 'after `!`')
    return { type: boolType, run: (frame) => !test(frame), isJson: true }
  }
  const kind = compiled.type.kind
  if (kind !== 'any' && kind !== 'number' && kind !== 'duration') {
    const message = `Expected a number after \`-\`, found ${kind}.`
    throw new ExpressionProblem('EXPRESSION_TYPE', message, operand)
  }
  const run: Evaluate = (frame) => {
    const value = compiled.run(frame)
    if (typeof value === 'number') return -value
    if (value instanceof Duration) return new Duration(-value.ms)
    return fail(`Expected a number after \`-\`, found ${typeOf(value)}.`)
  }
  return { type: kind === 'any' ? anyType : compiled.type, run, isJson: kind === 'number' }
}

export function requireBool(compiled: Compiled, node: ASTNode, where: string): void {
  if (isMaybe(compiled.type, 'bool')) return
  const message = `Expected true or false ${where}, found ${compiled.type.kind}.`
  throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
}

type BoolEvaluate = (frame: Frame) => boolean

export function bool(run: Evaluate, where: string): BoolEvaluate {
  return (frame) => {
    const value = run(frame)
    if (typeof value === 'boolean') return value
    return fail(`Expected true or false ${where}, found ${typeOf(value)}.`)
  }
}
