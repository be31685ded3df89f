import type { ASTNode } from '@marcbachmann/cel-js'
import { suggest } from '../suggest.ts'
import { compileAccess } from './compile-access.ts'
import { compileCall, compileMethod } from './compile-call.ts'
import { ExpressionProblem, fail } from './failure.ts'
import type { CelContext, Compiled } from './compiled.ts'
import type { Frame } from './frame.ts'
import { compileBinary, compileLogical, compileTernary, compileUnary } from './operators.ts'
import { anyType, boolType, nullType, numberType, openMapType, stringType, unite } from './type.ts'
import type { Type } from './type.ts'
import { putValue, typeOf } from './value.ts'
import type { Value } from './value.ts'

/** Compiles a parsed expression to one function; throws an `ExpressionProblem`. */
export function compileCel(node: ASTNode, context: CelContext): Compiled {
  switch (node.op) {
    case 'value':
      return compileLiteral(node.args, node)
    case 'id':
      return compileName(node.args, node, context)
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return compileAccess(node, context)
    case 'call':
      return compileCall(node, node.args[0], node.args[1], context)
    case 'rcall':
      return compileMethod(node, node.args[0], node.args[1], node.args[2], context)
    case 'list':
      return compileList(node.args, context)
    case 'map':
      return compileMap(node.args, context)
    case '?:':
      return compileTernary(node.args, context)
    case '&&':
    case '||':
      return compileLogical(node.op, node.args, context)
    case '!_':
    case '-_':
      return compileUnary(node.op, node.args, context)
    default:
      return compileBinary(node.op, node, node.args, context)
  }
}

function compileLiteral(literal: unknown, node: ASTNode): Compiled {
  // Whole numbers come as bigint, unsigned ones as an object: here each is a JSON number.
  const isWhole = typeof literal === 'bigint' || /^\d+[uU]$/.test(textOf(node))
  const value = isWhole ? Number(String(literal)) : literal
  if (isWhole && !Number.isSafeInteger(value)) {
    const found = textOf(node)
    const message = `Expected a whole number below 2^53, found ${found}, which JSON cannot keep exactly.`
    throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
  }
  if (value === null) return constantOf(nullType, null)
  if (typeof value === 'boolean') return constantOf(boolType, value)
  if (typeof value === 'number') return constantOf(numberType, value)
  if (typeof value === 'string') return constantOf(stringType, value)
  const message = 'Expected a value that JSON has, found bytes. Use a text, or `base64Encode`.'
  throw new ExpressionProblem('EXPRESSION_TYPE', message, node)
}

function constantOf(type: Type, constant: null | boolean | number | string): Compiled {
  return { type, run: () => constant, isJson: true, constant }
}

function textOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end)
}

/** Names that are right in another place. */
const namesElsewhere: ReadonlyMap<string, string> = new Map([
  ['event', 'only the transitions of `on` and the data of `undo` have an event.'],
  ['state', 'the business key is made from `input`, before there is a state.'],
  ['execution', 'the business key is made from `input`, before there is an execution.'],
  ['error', 'the business key is made from `input`, before anything can fail.'],
])

function compileName(name: string, node: ASTNode, context: CelContext): Compiled {
  const local = context.locals.get(name)
  if (local !== undefined) {
    const { slot, type } = local
    return { type, run: (frame) => frame.locals[slot] ?? null, isJson: false }
  }
  const root = context.roots.get(name)
  if (root !== undefined) return { type: root.type, run: root.read, isJson: true }
  const elsewhere = namesElsewhere.get(name)
  if (elsewhere !== undefined) {
    const message = `Expected a name that is there in this place, found \`${name}\`: ${elsewhere}`
    throw new ExpressionProblem('EXPRESSION_NAME_UNKNOWN', message, node)
  }
  const known = [...context.locals.keys(), ...context.roots.keys()]
  const meant = suggest(name, known)
  const hint =
    meant === undefined
      ? ` A text is written in quotes: \`'${name}'\`.`
      : ` Did you mean \`${meant}\`?`
  const message = `Expected one of ${known.map((word) => `\`${word}\``).join(', ')}, found \`${name}\`.${hint}`
  throw new ExpressionProblem('EXPRESSION_NAME_UNKNOWN', message, node, meant)
}

function compileList(nodes: readonly ASTNode[], context: CelContext): Compiled {
  const items = nodes.map((node) => compileCel(node, context))
  const type: Type = {
    kind: 'list',
    item: items.length === 0 ? anyType : items.map((item) => item.type).reduce(unite),
  }
  const runs = items.map((item) => item.run)
  return { type, run: (frame) => runs.map((run) => run(frame)), isJson: false }
}

function compileMap(
  nodes: readonly (readonly [ASTNode, ASTNode])[],
  context: CelContext,
): Compiled {
  const fields = new Map<string, Type>()
  let isKnown = true
  const entries = nodes.map(([keyNode, valueNode]) => {
    if (
      keyNode.op === 'id' &&
      !context.locals.has(keyNode.args) &&
      !context.roots.has(keyNode.args)
    ) {
      const message = `Expected a text as key, found the name \`${keyNode.args}\`. Write \`"${keyNode.args}"\`.`
      throw new ExpressionProblem('EXPRESSION_NAME_UNKNOWN', message, keyNode, `"${keyNode.args}"`)
    }
    const key = compileCel(keyNode, context)
    const value = compileCel(valueNode, context)
    if (keyNode.op === 'value' && typeof keyNode.args === 'string') {
      fields.set(keyNode.args, value.type)
    } else {
      isKnown = false
    }
    return { key: key.run, value: value.run }
  })
  const run = (frame: Frame): Value => {
    const map: { [key: string]: Value | undefined } = {}
    for (const entry of entries) {
      const key = entry.key(frame)
      if (typeof key !== 'string') {
        return fail(`Expected a string as key of the map, found ${typeOf(key)}.`)
      }
      putValue(map, key, entry.value(frame))
    }
    return map
  }
  return { type: isKnown ? { kind: 'map', fields } : openMapType, run, isJson: false }
}
