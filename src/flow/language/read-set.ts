import type { Expression } from '../../kernel/model/expression.ts'
import type { Root } from '../expressions/compiled.ts'
import { compileTemplate } from '../expressions/template.ts'
import type { Cursor } from './cursor.ts'
import { templateOptions } from './saga-context.ts'

/** `set: { name: value }`, or one expression that gives a map. */
export function readSet(cursor: Cursor, roots: ReadonlyMap<string, Root>): Expression | undefined {
  const isText = cursor.string?.includes('${') === true
  if (cursor.kind !== 'map' && !isText) {
    return cursor.expected('an object of values to put into the state')
  }
  const { expression, type } = compileTemplate(cursor.node, templateOptions(cursor, roots))
  if (type.kind === 'map' || type.kind === 'any') return expression
  const message = `Expected a map of values to put into the state, found ${type.kind}.`
  return cursor.wrong('EXPRESSION_TYPE', message)
}
