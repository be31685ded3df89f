import { expect } from 'vitest'
import type { WriteResult } from '../store.ts'
import { commitAll } from './access.ts'
import { executionOf, startOf, writeOf } from './builders.ts'
import {
  claimAll,
  claimedIds,
  claimedOf,
  freeOf,
  idsOf,
  joinAs,
  notSoon,
  type SharedPromised,
  type SharedStore,
} from './sharing-subject.ts'

const second = executionOf('one', { revision: 3 })
const third = executionOf('one', { revision: 4 })

export function orderPromises(promised: SharedPromised): void {
  promised('nobody claims a row behind one that another has', async (subject) => {
    const { first, other } = await twoReplicas(subject, [claimedOf('one', 1)])
    const [result] = await other.commit([
      writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }),
    ])
    expect(result).toMatchObject({ kind: 'committed', claimed: [false] })
    expect(await claimAll(other)).toEqual([])
    expect(idsOf(await claimAll(first))).toEqual(['one:2'])
  })

  promised('nobody claims a row behind one that is free', async (subject) => {
    const { first, other } = await twoReplicas(subject, [freeOf('one', 1, { command: 'First' })])
    const [result] = await other.commit([
      writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }),
    ])
    expect(result).toMatchObject({ kind: 'committed', claimed: [false] })
    const { command } = freeOf('one', 2)
    expect(await claimAll(first, { commands: [command] })).toEqual([])
    expect(idsOf(await claimAll(first))).toEqual(['one:1', 'one:2'])
  })

  promised('a follower is told of when the row before it goes', async (subject) => {
    const { first, other } = await twoReplicas(subject, [claimedOf('one', 1)])
    await commitAll(other, writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }))
    const [removed] = await first.commit([writeOf(third, { outbox: { remove: ['one:1'] } })])
    expect(unclaimedOf(removed)).toEqual(['shop'])
    expect(idsOf(await claimAll(other))).toEqual(['one:2'])
  })

  promised('a follower is told of when the row before it is postponed', async (subject) => {
    const { first, other } = await twoReplicas(subject, [claimedOf('one', 1)])
    await commitAll(other, writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }))
    const postpone = [{ commandId: 'one:1', dueAt: notSoon, attempt: 2 }]
    const [postponed] = await first.commit([writeOf(third, { outbox: { postpone } })])
    expect(unclaimedOf(postponed)).toEqual(['shop'])
    expect(idsOf(await claimAll(other))).toEqual(['one:2'])
    const late = { channel: 'shop', dueBy: notSoon, limit: 9 }
    expect(idsOf(await first.sharing.claimOutbox(late))).toEqual(['one:1'])
  })

  promised('rows of the same write follow each other in one claim', async (subject) => {
    const put = [claimedOf('one', 1), freeOf('one', 2), claimedOf('one', 3)]
    const { first, result } = await twoReplicas(subject, put)
    expect(result).toMatchObject({ claimed: [true, false, false] })
    expect(idsOf(await claimAll(first))).toEqual(['one:2', 'one:3'])
    expect(await claimedIds(first, ['one:1', 'one:2', 'one:3'])).toHaveLength(3)
  })

  promised('a row behind what goes in the same write is claimed by it', async (subject) => {
    const { first, other } = await twoReplicas(subject, [claimedOf('one', 1)])
    const outbox = { remove: ['one:1'], put: [claimedOf('one', 2)] }
    const [result] = await other.commit([writeOf(second, { outbox })])
    expect(result).toMatchObject({ kind: 'committed', claimed: [true] })
    expect(unclaimedOf(result)).toEqual([])
    expect(await claimAll(first)).toEqual([])
  })

  promised('a row put again stands behind those that came meanwhile', async (subject) => {
    const { first, other } = await twoReplicas(subject, [claimedOf('one', 1)])
    await commitAll(other, writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }))
    const [again] = await first.commit([writeOf(third, { outbox: { put: [claimedOf('one', 1)] } })])
    expect(again).toMatchObject({ claimed: [false] })
    expect(unclaimedOf(again)).toEqual(['shop'])
    expect(idsOf(await claimAll(other))).toEqual(['one:2', 'one:1'])
  })

  promised('a row that is not due holds nobody up', async (subject) => {
    const { other } = await twoReplicas(subject, [freeOf('one', 1, { dueAt: notSoon })])
    const [result] = await other.commit([
      writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }),
    ])
    expect(result).toMatchObject({ claimed: [true] })
  })

  promised('other executions and other channels hold nobody up', async (subject) => {
    const { other } = await twoReplicas(subject, [claimedOf('one', 1)])
    const mail = claimedOf('one', 2, { channel: 'mail' })
    const results = await other.commit([
      writeOf(second, { outbox: { put: [mail] } }),
      startOf(executionOf('two'), { outbox: { put: [claimedOf('two', 1)] } }),
    ])
    expect(results).toMatchObject([{ claimed: [true] }, { claimed: [true] }])
  })

  promised('rows of purpose also hold nobody up and wait for nobody', async (subject) => {
    const beside = freeOf('one', 1, { purpose: 'also', command: 'Beside' })
    const { first, other } = await twoReplicas(subject, [beside])
    const put = [claimedOf('one', 2), freeOf('one', 3, { purpose: 'also' })]
    const [result] = await other.commit([writeOf(second, { outbox: { put } })])
    expect(result).toMatchObject({ claimed: [true, false] })
    expect(unclaimedOf(result)).toEqual(['shop'])
    expect(idsOf(await claimAll(first))).toEqual(['one:1', 'one:3'])
    const last = { ...claimedOf('one', 4), purpose: 'also' } as const
    const [behind] = await first.commit([writeOf(third, { outbox: { put: [last] } })])
    expect(behind).toMatchObject({ claimed: [true] })
  })

  promised('what a write leaves to others is told by channel', async (subject) => {
    const store = await joinAs(subject, 'a')
    const results = await store.commit([
      startOf(executionOf('free'), {
        outbox: { put: [freeOf('free', 1), freeOf('free', 2, { channel: 'mail' })] },
      }),
      startOf(executionOf('claimed'), { outbox: { put: [claimedOf('claimed', 1)] } }),
      startOf(executionOf('later'), { outbox: { put: [freeOf('later', 1, { dueAt: notSoon })] } }),
      startOf(executionOf('nothing')),
      startOf(executionOf('free'), { outbox: { put: [freeOf('free', 3)] } }),
    ])
    expect(results.map((result) => [...unclaimedOf(result)].toSorted())).toEqual([
      ['mail', 'shop'],
      [],
      [],
      [],
      [],
    ])
  })

  promised('a dead replica holds nobody up', async (subject) => {
    const { other } = await twoReplicas(subject, [claimedOf('one', 1)])
    await subject.endLease('a')
    const [result] = await other.commit([
      writeOf(second, { outbox: { put: [claimedOf('one', 2)] } }),
    ])
    // The first row is free now, so the second still waits for it, whoever comes.
    expect(result).toMatchObject({ claimed: [false] })
    expect(idsOf(await claimAll(other))).toEqual(['one:1', 'one:2'])
  })
}

type Joined = Parameters<Parameters<SharedPromised>[1]>[0]

/** Two replicas; the first starts execution `one` with these commands. */
async function twoReplicas(subject: Joined, put: readonly ReturnType<typeof claimedOf>[]) {
  const first: SharedStore = await joinAs(subject, 'a')
  const other: SharedStore = await joinAs(subject, 'b')
  const [result] = await first.commit([startOf(executionOf('one'), { outbox: { put } })])
  expect(result?.kind).toBe('committed')
  return { first, other, result }
}

function unclaimedOf(result: WriteResult | undefined): readonly string[] {
  return result?.kind === 'committed' ? (result.unclaimedChannels ?? []) : []
}
