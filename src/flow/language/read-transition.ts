import type { Transition } from '../../kernel/model/transition.ts'
import type { SchemaCheck } from '../../kernel/model/expression.ts'
import { eventRoot } from '../expressions/roots.ts'
import { typeOfSchema } from '../expressions/schema-type.ts'
import { compileCondition } from '../expressions/template.ts'
import { anyType } from '../expressions/type.ts'
import { suggest } from '../suggest.ts'
import type { Cursor } from './cursor.ts'
import { shorten } from './cursor.ts'
import { readName } from './names.ts'
import { readSet } from './read-set.ts'
import { templateOptions } from './saga-context.ts'
import type { SagaContext } from './saga-context.ts'
import { readSchema } from './schema.ts'

export type TransitionPlace = 'on' | 'after' | 'next'

/** A target, `{ to | rollback | stay, … }`, or a list of these. */
export function readTransitions(
  cursor: Cursor,
  place: TransitionPlace,
  context: SagaContext,
): readonly Transition[] {
  if (cursor.kind !== 'list') {
    const only = readTransition(cursor, place, context)
    return only === undefined ? [] : [only]
  }
  const items = cursor.items()
  if (items.length === 0) cursor.expected('at least one transition')
  return items.flatMap((item) => readTransition(item, place, context) ?? [])
}

function readTransition(
  cursor: Cursor,
  place: TransitionPlace,
  context: SagaContext,
): Transition | undefined {
  if (cursor.kind !== 'map') {
    if (cursor.string === undefined) {
      return cursor.expected('the name of a state, or `{ to | rollback | stay, … }`')
    }
    const node = readTarget(cursor, context)
    return node === undefined ? undefined : { to: { kind: 'node', node }, failed: false }
  }
  const known = ['to', 'rollback', 'stay', 'if', 'set', 'as']
  if (place === 'on') known.push('validate')
  if (place !== 'next') known.push('failed')
  cursor.object('a transition', known)
  const to = readDestination(cursor, place, context)
  const validate = place === 'on' ? cursor.get('validate') : undefined
  const check = validate && readSchema(validate)
  const roots = place === 'on' ? withEvent(context, check) : context.roots
  const condition = cursor.get('if')
  const guard = condition && readGuard(condition, roots)
  const set = cursor.get('set')
  const values = set && readSet(set, roots)
  const milestone = readMilestone(cursor.get('as'), context)
  const failed = cursor.get('failed')?.boolean() ?? false
  if (to === undefined) return undefined
  return {
    to,
    ...(guard === undefined ? {} : { guard }),
    ...(values === undefined ? {} : { set: values }),
    ...(check === undefined ? {} : { validate: check }),
    ...(milestone === undefined ? {} : { milestone }),
    failed,
  }
}

function withEvent(context: SagaContext, check: SchemaCheck | undefined): SagaContext['roots'] {
  const data = check === undefined ? anyType : typeOfSchema(check.schema)
  return new Map(context.roots).set('event', eventRoot(data))
}

function readGuard(cursor: Cursor, roots: SagaContext['roots']): Transition['guard'] {
  const guard = compileCondition(cursor.node, templateOptions(cursor, roots))
  if (guard !== undefined) return guard
  const { string: source } = cursor
  if (source === undefined) return cursor.expected('a condition such as `state.amount > 100`')
  // A guard that cannot be read is a guard all the same: what follows it is not shadowed.
  return { source, evaluate: () => ({ ok: false, error: 'it does not compile' }) }
}

function readDestination(
  cursor: Cursor,
  place: TransitionPlace,
  context: SagaContext,
): Transition['to'] | undefined {
  const ways = (['to', 'rollback', 'stay'] as const).filter((key) => cursor.get(key) !== undefined)
  const [way] = ways
  if (way === undefined || ways.length > 1) {
    const found = ways.length === 0 ? 'none' : ways.map((key) => `\`${key}\``).join(' and ')
    const code = ways.length === 0 ? 'PROPERTY_MISSING' : 'VALUE_INVALID'
    return cursor.wrong(code, `Expected one of \`to\`, \`rollback\` and \`stay\`, found ${found}.`)
  }
  const value = cursor.get(way)
  if (value === undefined) return undefined
  if (way === 'stay') return readStay(value, place)
  if (way === 'rollback' && value.node.kind === 'scalar' && value.node.value === true) {
    return { kind: 'rollback' }
  }
  const node = readTarget(value, context)
  if (node === undefined) return undefined
  return way === 'to' ? { kind: 'node', node } : { kind: 'rollback', node }
}

function readStay(cursor: Cursor, place: TransitionPlace): Transition['to'] | undefined {
  const isTrue = cursor.node.kind === 'scalar' && cursor.node.value === true
  if (!isTrue) return cursor.expected('`true`')
  if (place !== 'next') return { kind: 'stay' }
  const message =
    'Expected `to` or `rollback` in `next`, found `stay`: only an event or a timer can be handled in place.'
  return cursor.wrong('VALUE_INVALID', message)
}

/** The name of a state that exists. */
export function readTarget(
  cursor: Cursor,
  { stateIds }: Pick<SagaContext, 'stateIds'>,
): string | undefined {
  const name = cursor.text('the name of a state')
  if (name === undefined || stateIds.has(name)) return name
  const meant = suggest(name, stateIds)
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  const fix = meant === undefined ? undefined : cursor.report.replaceFix(cursor.node.span, meant)
  return cursor.wrong(
    'TARGET_UNKNOWN',
    `Expected a state of this flow, found \`${shorten(name)}\`.${hint}`,
    fix,
  )
}

function readMilestone(cursor: Cursor | undefined, context: SagaContext): string | undefined {
  if (cursor === undefined) return undefined
  const name = readName('milestone', cursor)
  const { milestones } = context
  if (name === undefined || milestones === undefined || milestones.has(name)) return name
  const meant = suggest(name, milestones)
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  const fix = meant === undefined ? undefined : cursor.report.replaceFix(cursor.node.span, meant)
  return cursor.wrong(
    'VALUE_INVALID',
    `Expected one of the flow's milestones, found \`${name}\`.${hint}`,
    fix,
  )
}
