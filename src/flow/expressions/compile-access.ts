import type { ASTNode } from '@marcbachmann/cel-js'
import { suggest } from '../suggest.ts'
import type { CelContext, Compiled } from './compiled.ts'
import { ExpressionProblem, fail } from './failure.ts'
import type { Evaluate } from './frame.ts'
import { anyType, unite } from './type.ts'
import type { Type } from './type.ts'
import { Optional, isList, isMap, nothing, ownValue, typeOf } from './value.ts'
import type { Value } from './value.ts'

type AccessNode = Extract<ASTNode, { op: '.' | '.?' | '[]' | '[?]' }>

/** `a.b`, `a.?b`, `a["b"]`, `a[0]`, `a[?0]`. */
export function compileAccess(node: AccessNode, context: CelContext): Compiled {
  const whole = context.compile(node.args[0], context)
  const isOptional = node.op === '.?' || node.op === '[?]' || whole.type.kind === 'optional'
  const type = accessType(node, whole.type, context)
  const find = compileFind(node, whole.run, context)
  if (isOptional) {
    return {
      type: { kind: 'optional', item: type },
      run: (frame) => {
        const found = find(frame)
        return found === undefined ? nothing : new Optional(found)
      },
      isJson: false,
    }
  }
  const text = context.text.slice(node.start, node.end)
  return { type, run: required(find, text), isJson: whole.isJson }
}

/** The part that is looked up, or `undefined` where there is none. */
type Find = (frame: Parameters<Evaluate>[0]) => Value | undefined

function compileFind(node: AccessNode, whole: Evaluate, context: CelContext): Find {
  if (node.op === '.' || node.op === '.?') {
    const key = node.args[1]
    const isSafe = node.op === '.?'
    return (frame) => {
      const value = whole(frame)
      // The usual case, without a call.
      if (isMap(value)) return Object.hasOwn(value, key) ? value[key] : undefined
      return partOf(value, key, isSafe)
    }
  }
  const part = context.compile(node.args[1], context)
  const isSafe = node.op === '[?]'
  return (frame) => partOf(whole(frame), part.run(frame), isSafe)
}

function required(find: Find, text: string): Evaluate {
  return (frame) => {
    const found = find(frame)
    if (found === undefined) fail(`Expected a value at \`${text}\`, found nothing.`)
    return found
  }
}

function partOf(value: Value, part: Value, isSafe: boolean): Value | undefined {
  if (value instanceof Optional) {
    return value.value === undefined ? undefined : partOf(value.value, part, true)
  }
  if (isList(value)) {
    if (typeof part === 'number') return Number.isInteger(part) ? value[part] : undefined
    return fail(`Expected a number as index of the list, found ${describe(part)}.`)
  }
  if (isMap(value)) {
    if (typeof part === 'string') return ownValue(value, part)
    return fail(`Expected a string as key of the map, found ${typeOf(part)}.`)
  }
  if (isSafe && value === null) return undefined
  return fail(`Expected a map or a list before ${describe(part)}, found ${typeOf(value)}.`)
}

function describe(part: Value): string {
  return typeof part === 'string' || typeof part === 'number' ? `\`${part}\`` : typeOf(part)
}

function accessType(node: AccessNode, whole: Type, context: CelContext): Type {
  const type = whole.kind === 'optional' ? whole.item : whole
  switch (type.kind) {
    case 'any':
      return anyType
    case 'map':
      return fieldType(node, type, context)
    case 'list': {
      if (node.op === '[]' || node.op === '[?]') return type.item
      const name = node.args[1]
      const message = `Expected an index such as \`[0]\` on a list, found \`.${name}\`.`
      throw new ExpressionProblem('EXPRESSION_TYPE', message, placeOfPart(node))
    }
    default: {
      const message = `Expected a map or a list before this, found ${type.kind}.`
      throw new ExpressionProblem('EXPRESSION_TYPE', message, placeOfPart(node))
    }
  }
}

function fieldType(
  node: AccessNode,
  map: Extract<Type, { kind: 'map' }>,
  context: CelContext,
): Type {
  const key = keyOf(node)
  if (key === undefined) {
    return map.rest === undefined ? [...map.fields.values()].reduce(unite, anyType) : map.rest
  }
  const known = map.fields.get(key)
  if (known !== undefined) return known
  const meant = suggest(key, map.fields.keys())
  const whole = context.text.slice(node.args[0].start, node.args[0].end)
  if (map.rest === undefined) {
    const names = [...map.fields.keys()].slice(0, 12).map((name) => `\`${name}\``)
    const expected = names.length === 0 ? 'no field at all' : `one of ${names.join(', ')}`
    const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
    const message = `Expected ${expected} of \`${whole}\`, found \`${key}\`.${hint}`
    throw unknownField(node, message, meant)
  }
  if (meant !== undefined) {
    const message = `Expected a declared field of \`${whole}\`, found \`${key}\`, which is not. Did you mean \`${meant}\`?`
    context.warn(unknownField(node, message, meant))
  }
  return map.rest
}

function unknownField(
  node: AccessNode,
  message: string,
  meant: string | undefined,
): ExpressionProblem {
  const isDot = node.op === '.' || node.op === '.?'
  const text = isDot ? meant : meant === undefined ? undefined : JSON.stringify(meant)
  return new ExpressionProblem('EXPRESSION_NAME_UNKNOWN', message, placeOfPart(node), text)
}

function keyOf(node: AccessNode): string | undefined {
  if (node.op === '.' || node.op === '.?') return node.args[1]
  const part = node.args[1]
  return part.op === 'value' && typeof part.args === 'string' ? part.args : undefined
}

function placeOfPart(node: AccessNode): { start: number; end: number } {
  if (node.op === '.' || node.op === '.?') {
    return { start: node.end - node.args[1].length, end: node.end }
  }
  return { start: node.args[1].start, end: node.args[1].end }
}
