import { expect } from 'vitest'
import { commitAll } from './access.ts'
import { executionOf, startAt, startOf, writeOf } from './builders.ts'
import {
  claimAll,
  claimedOf,
  freeOf,
  joinAs,
  longAgo,
  type SharedPromised,
  type SharedStore,
} from './sharing-subject.ts'

export function reservationPromises(promised: SharedPromised): void {
  promised('anybody may say that a command is worked on', async (subject) => {
    const { owner, other } = await openTwo(subject)
    const reserved = await other.sharing.reserveOutbox(['one:1', 'none:1', 'two:1'], startAt + 5)
    expect([...reserved].toSorted()).toEqual(['one:1', 'two:1'])
    expect(await other.sharing.reserveOutbox([], startAt)).toEqual([])
    for (const store of [owner, other]) {
      const rows = await store.readOutboxCommands(['one:1', 'two:1'])
      expect(rows.map(({ reservedUntil }) => reservedUntil)).toEqual([startAt + 5, startAt + 5])
    }
    const [own] = await owner.sharing.readClaimed(['one:1'])
    expect(own?.reservedUntil).toBe(startAt + 5)
    await owner.sharing.reserveOutbox(['one:1'], startAt + 9)
    const [longer] = await other.readOutboxCommands(['one:1'])
    expect(longer?.reservedUntil).toBe(startAt + 9)
  })

  promised('a reservation outlives the replica that had claimed the row', async (subject) => {
    const { owner, other } = await openTwo(subject)
    await owner.sharing.reserveOutbox(['one:1'], startAt + 5)
    await subject.endLease('owner')
    const claimed = await claimAll(other)
    expect(claimed.map(({ commandId, reservedUntil }) => [commandId, reservedUntil])).toEqual([
      ['one:1', startAt + 5],
      ['two:1', undefined],
    ])
    await other.sharing.leave()
    const heir = await joinAs(subject, 'heir')
    expect((await claimAll(heir))[0]?.reservedUntil).toBe(startAt + 5)
  })

  promised('a reservation ends with the attempt that it was for', async (subject) => {
    const { owner, other } = await openTwo(subject)
    await owner.sharing.reserveOutbox(['one:1', 'two:1'], startAt + 5)
    const postpone = [{ commandId: 'one:1', dueAt: longAgo, attempt: 2 }]
    await commitAll(
      other,
      writeOf(executionOf('one', { revision: 3 }), { outbox: { postpone } }),
      writeOf(executionOf('two', { revision: 3 }), { outbox: { put: [freeOf('two', 1)] } }),
    )
    const rows = await other.readOutboxCommands(['one:1', 'two:1'])
    expect(rows.map((row) => 'reservedUntil' in row)).toEqual([false, false])
  })
}

/** `owner` has claimed `one:1`; nobody has claimed `two:1`. */
async function openTwo(
  subject: Parameters<Parameters<SharedPromised>[1]>[0],
): Promise<{ readonly owner: SharedStore; readonly other: SharedStore }> {
  const owner = await joinAs(subject, 'owner')
  const other = await joinAs(subject, 'other')
  await commitAll(
    owner,
    startOf(executionOf('one'), { outbox: { put: [claimedOf('one', 1)] } }),
    startOf(executionOf('two'), { outbox: { put: [freeOf('two', 1)] } }),
  )
  return { owner, other }
}
