import fc from 'fast-check'
import { expect } from 'vitest'
import { isFinished, type Status } from '../../kernel/model/execution.ts'
import type { ExecutionFilter, ExecutionWrite, Store } from '../store.ts'
import { kindsOf, listIds } from './access.ts'
import { commandOf, executionOf, startAt, writeOf } from './builders.ts'
import { contentsOf } from './contents.ts'
import { PlainStore } from './plain-store.ts'
import type { OpenSubject, Promised } from './subject.ts'

const ids = ['e0', 'e1', 'e2', 'e3', 'e4']
const flows = ['order', 'other']
const nodes = ['A', 'B', 'C']
const keys = ['K', 'L']
const terms = ['Red', 'green', 'RED hot']
const channels = ['shop', 'mail']
const messageIds = ['m0', 'm1', 'm2']
const statuses: readonly Status[] = ['running', 'waiting', 'incident', 'completed', 'failed']
const sorts = ['startedAt', '-startedAt', 'updatedAt', '-updatedAt'] as const

/** One write to be, in terms that fit whatever the store holds by then. */
const step = fc.record({
  id: fc.constantFrom(...ids),
  node: fc.constantFrom(...nodes),
  status: fc.constantFrom(...statuses),
  key: fc.option(fc.constantFrom(...keys), { nil: undefined }),
  factCount: fc.integer({ min: 1, max: 4 }),
  isStale: fc.nat(9).map((n) => n === 0),
  wakeDelay: fc.option(fc.nat(5), { nil: undefined }),
  waitsForEvent: fc.boolean(),
  put: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
  channel: fc.constantFrom(...channels),
  dueDelay: fc.integer({ min: -2_000, max: 2_000 }),
  remove: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
  postpone: fc.option(fc.nat(4), { nil: undefined }),
  message: fc.option(fc.constantFrom(...messageIds), { nil: undefined }),
  term: fc.option(fc.constantFrom(...terms), { nil: undefined }),
  delay: fc.nat(3_000),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 })

const filters: readonly ExecutionFilter[] = [
  {},
  { flow: 'order' },
  { node: 'A' },
  { flow: 'other', node: 'B' },
  { status: ['waiting'] },
  { flow: 'order', status: ['completed', 'failed'] },
  { key: 'K' },
  { q: 'K' },
  { q: 'red' },
  { q: 'e1', status: ['running'] },
  { updatedAfter: startAt + 1_000 },
  { updatedAfter: startAt + 500, updatedBefore: startAt + 2_500 },
]

export function historyPromises(promised: Promised, open: OpenSubject): void {
  promised('random histories read as in the plainest store', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (history) => {
        const subject = await open()
        try {
          await compareHistory(subject.store, history)
        } finally {
          await subject.cleanup()
        }
      }),
      { numRuns: 40 },
    )
  })
}

async function compareHistory(store: Store, history: readonly (readonly Step[])[]): Promise<void> {
  const plain = new PlainStore()
  for (const batch of history) {
    const writes: ExecutionWrite[] = []
    const kinds = batch.map((planned) => {
      const write = writeFor(planned, plain)
      writes.push(write)
      return plain.write(write)
    })
    expect(kindsOf(await store.commit(writes))).toEqual(kinds)
  }
  expect(await contentsOf(store, ids, messageIds)).toEqual(plain.contents(ids, messageIds))
  for (const filter of filters) {
    for (const sort of sorts) {
      const groups = plain.list(filter, sort)
      const found = await listIds(store, filter, sort, 2)
      expect(regroup(found, groups), `${JSON.stringify(filter)} by ${sort}`).toEqual(groups)
    }
    expect(await store.countExecutions(filter)).toBe(plain.list(filter, 'startedAt').flat().length)
  }
}

function writeFor(planned: Step, plain: PlainStore): ExecutionWrite {
  const { id, wakeDelay, message, term, key } = planned
  const before = plain.latest(id)?.execution
  const revision = before?.revision ?? 0
  const n = ids.indexOf(id)
  const status = before !== undefined && isFinished(before) ? before.status : planned.status
  const isFinal = isFinished({ status })
  const at = startAt + planned.delay
  const execution = executionOf(id, {
    flow: flows[n % 2] ?? '',
    key: keys[n % 2] ?? '',
    node: planned.node,
    status,
    startedAt: before?.startedAt ?? at,
    updatedAt: at,
    revision: revision + planned.factCount,
    ...(isFinal ? { finishedAt: at } : {}),
  })
  const there = plain.outboxOf(id).map(({ commandId }) => commandId)
  const remove = planned.remove.map((number) => `${id}:${number}`)
  const put = planned.put.filter((number) => !there.includes(`${id}:${number}`))
  return writeOf(execution, {
    expectedRevision: planned.isStale ? revision + 1 : revision,
    waitsForEvent: planned.waitsForEvent,
    inbox: message === undefined ? [] : [{ messageId: message, answer: { at } }],
    outbox: {
      remove,
      put: put.map((number) =>
        commandOf(id, number, { channel: planned.channel, dueAt: at + planned.dueDelay }),
      ),
      postpone: there
        .filter((commandId) => commandId === `${id}:${planned.postpone}`)
        .filter((commandId) => !remove.includes(commandId))
        .map((commandId) => ({ commandId, dueAt: at + planned.dueDelay, attempt: 2 })),
    },
    ...(wakeDelay === undefined ? {} : { wakeAt: startAt + wakeDelay }),
    ...(term === undefined ? {} : { searchTerms: [term] }),
    ...(key === undefined || isFinal ? {} : { uniqueKey: key }),
  })
}

/** The ids in groups as long as those expected, each sorted: equal times may come in any order. */
function regroup(
  found: readonly string[],
  groups: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  let start = 0
  const regrouped = groups.map(({ length }) => {
    const group = found.slice(start, start + length).toSorted()
    start += length
    return group
  })
  return start < found.length ? [...regrouped, found.slice(start)] : regrouped
}
