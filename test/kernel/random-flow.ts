import fc from 'fast-check'
import type { Evaluation, Expression, Scope } from '../../src/kernel/model/expression.ts'
import type { Flow } from '../../src/kernel/model/flow.ts'
import { isJsonObject } from '../../src/kernel/model/json.ts'
import type { CommandTemplate, Node, Undo } from '../../src/kernel/model/node.ts'
import type { RetryPolicy } from '../../src/kernel/model/retry-policy.ts'
import type { TimedTransitions, Transition } from '../../src/kernel/model/transition.ts'

/** Random sagas for property tests: small, connected, with everything that the kernel knows. */

export const eventNames = ['alpha', 'beta', 'gamma', 'delta', 'undone', 'notUndone'] as const

const retry: RetryPolicy = {
  attempts: 2,
  intervalMs: 100,
  backoff: 2,
  maxIntervalMs: 1_000,
  jitter: 0.5,
}

function expression(source: string, evaluate: (scope: Scope) => Evaluation): Expression {
  return { source, evaluate }
}

const value = (source: string, result: Evaluation): Expression => expression(source, () => result)

const expressions: Readonly<Record<string, Expression>> = {
  yes: value('true', { ok: true, value: true }),
  no: value('false', { ok: true, value: false }),
  broken: value('broken', { ok: false, error: 'no such key' }),
  notBoolean: value('1', { ok: true, value: 1 }),
  isLarge: expression('event.data.n > 5', ({ event }) => {
    const n = isJsonObject(event?.data) ? event.data['n'] : undefined
    return typeof n === 'number' ? { ok: true, value: n > 5 } : { ok: false, error: 'no n' }
  }),
  set: expression('{seen: …}', ({ state, message }) => ({
    ok: true,
    value: { seen: Object.keys(state).length, at: message.at, gone: null },
  })),
  data: expression('{n: state.n}', ({ state }) => ({ ok: true, value: { n: state['n'] ?? 0 } })),
}

const pick = (names: readonly string[]): fc.Arbitrary<Expression | undefined> =>
  fc.constantFrom(...names).map((name) => expressions[name])

const guard = pick(['none', 'none', 'yes', 'no', 'isLarge', 'broken', 'notBoolean'])
const set = pick(['none', 'none', 'set', 'broken'])
const data = pick(['none', 'none', 'data', 'broken'])

/** Leaves absent what is undefined, as `exactOptionalPropertyTypes` wants it. */
function present<Value extends object>(
  record: Value,
): {
  [Name in keyof Value]: Exclude<Value[Name], undefined>
} {
  return Object.fromEntries(Object.entries(record).filter(([, field]) => field !== undefined)) as {
    [Name in keyof Value]: Exclude<Value[Name], undefined>
  }
}

const template = (purpose: string): fc.Arbitrary<CommandTemplate> =>
  fc
    .record({ command: fc.constantFrom('one', 'two', 'three'), data })
    .map(({ command, data: template }) =>
      present({ channel: 'shop', command: `${purpose}-${command}`, data: template }),
    ) as fc.Arbitrary<CommandTemplate>

const undo: fc.Arbitrary<Undo> = fc
  .record({
    send: template('undo'),
    done: fc.constantFrom(undefined, undefined, 'undone'),
    failed: fc.constantFrom(undefined, 'notUndone'),
    withinMs: fc.constantFrom(undefined, 5_000),
  })
  .map((fields) => present({ ...fields, retry }) as Undo)

const transition = (nodes: readonly string[]): fc.Arbitrary<Transition> =>
  fc
    .record({
      to: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...nodes).map((node) => ({ kind: 'node', node })) },
        {
          weight: 2,
          arbitrary: fc.constantFrom(...nodes).map((node) => ({ kind: 'rollback', node })),
        },
        { weight: 1, arbitrary: fc.constant({ kind: 'rollback' }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'stay' }) },
      ) as fc.Arbitrary<Transition['to']>,
      guard,
      set,
      failed: fc.constantFrom(false, false, true),
      milestone: fc.constantFrom(undefined, 'reached'),
    })
    .map((fields) => present(fields) as Transition)

const transitions = (nodes: readonly string[]): fc.Arbitrary<readonly Transition[]> =>
  fc.array(transition(nodes), { minLength: 1, maxLength: 2 })

const timed = (nodes: readonly string[]): fc.Arbitrary<TimedTransitions> =>
  fc.record({ delayMs: fc.constantFrom(1_000, 60_000), transitions: transitions(nodes) })

const wayOut: Transition = { to: { kind: 'node', node: 'Lost' }, failed: false }

/** As the language wants it: nothing is handled in place by condition, and no node is a dead end. */
function nextOf(transitions: readonly Transition[], isOnlyWayOut: boolean): readonly Transition[] {
  const leaving = transitions.filter(({ to }) => to.kind !== 'stay')
  return isOnlyWayOut ? [...leaving, wayOut] : leaving
}

const openNode = (id: string, nodes: readonly string[]): fc.Arbitrary<Node> =>
  fc
    .record({
      stage: fc.constantFrom(undefined, 'open'),
      activity: fc.option(
        template('do').map((send) => ({ kind: 'send' as const, send })),
        {
          nil: undefined,
        },
      ),
      also: fc.array(template('also'), { maxLength: 1 }),
      set,
      on: fc.dictionary(fc.constantFrom(...eventNames.slice(0, 4)), transitions(nodes), {
        maxKeys: 3,
      }),
      after: fc.array(timed(nodes), { maxLength: 2 }),
      next: fc.oneof(
        { weight: 5, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: transitions(nodes) },
      ),
      undo: fc.option(undo, { nil: undefined }),
    })
    .map(
      (fields) =>
        present({
          ...fields,
          id,
          on: new Map(Object.entries(fields.on)),
          next: nextOf(fields.next, Object.keys(fields.on).length === 0),
        }) as unknown as Node,
    )

function finalNode(id: string, final: 'success' | 'failure', sends: boolean): Node {
  const send: CommandTemplate = { channel: 'shop', command: `tell-${id}` }
  return {
    id,
    final,
    ...(sends ? { activity: { kind: 'send', send } as const } : {}),
    also: [],
    on: new Map(),
    after: [],
    next: [],
  }
}

/** A random saga of up to six open nodes and two final ones. */
export const randomFlow: fc.Arbitrary<Flow> = fc
  .record({
    openNodes: fc.integer({ min: 1, max: 6 }),
    sends: fc.boolean(),
  })
  .chain(({ openNodes, sends }) => {
    const open = Array.from({ length: openNodes }, (_, index) => `N${index}`)
    const names = [...open, 'Done', 'Lost']
    return fc
      .record({
        nodes: fc.tuple(...open.map((id) => openNode(id, names))),
        merge: fc.constantFrom('shallow', 'deep', 'none') as fc.Arbitrary<Flow['merge']>,
        unexpected: fc.constantFrom<Flow['unexpected']>(
          { policy: 'ignore' },
          { policy: 'reject' },
          { policy: 'keep', ttlMs: 30_000 },
        ),
        onFailure: fc.constantFrom<Flow['onFailure']>(
          { policy: 'rollback', target: 'Lost' },
          { policy: 'rollback' },
          { policy: 'fail', target: 'Lost' },
          { policy: 'fail' },
          { policy: 'incident' },
        ),
      })
      .map(({ nodes, ...rest }): Flow => {
        const all = [
          ...nodes,
          finalNode('Done', 'success', sends),
          finalNode('Lost', 'failure', sends),
        ]
        return {
          id: 'random',
          kind: 'saga',
          version: 1,
          tags: [],
          startNode: 'N0',
          nodes: new Map(all.map((node) => [node.id, node])),
          stages: [],
          unique: false,
          stateFromInput: true,
          initialState: {},
          retry,
          nodesMax: 25,
          search: [],
          secrets: [],
          eventNames: new Set(all.flatMap((node) => [...node.on.keys()])),
          ...rest,
        }
      })
  })
