import { expect } from 'vitest'
import { commitAll } from './access.ts'
import { commandOf, executionOf, startAt, startOf, writeOf } from './builders.ts'
import { slotOf } from '../sharing.ts'
import type { DueTimer } from '../store.ts'
import type { Promised } from './subject.ts'

export function timerPromises(promised: Promised): void {
  promised('due timers come earliest first, within time and limit', async ({ store }) => {
    const delays = [30, 10, 20, 10, 99]
    await commitAll(
      store,
      ...delays.map((delay, n) => startOf(executionOf(`e${n}`), { wakeAt: startAt + delay })),
      startOf(executionOf('none')),
    )
    expect(await store.nextWakeAt()).toBe(startAt + 10)
    expect(await store.readDueTimers(startAt + 9, 10)).toEqual([])
    const due = await store.readDueTimers(startAt + 30, 10)
    expect(due.map(({ wakeAt }) => wakeAt - startAt)).toEqual([10, 10, 20, 30])
    expect(due.map(({ executionId }) => executionId).toSorted()).toEqual(['e0', 'e1', 'e2', 'e3'])
    expect(await store.readDueTimers(startAt + 30, 2)).toEqual(due.slice(0, 2))
  })

  promised('a timer changes and goes with its execution', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one'), { wakeAt: startAt + 10 }))
    await commitAll(store, writeOf(executionOf('one', { revision: 3 }), { wakeAt: startAt + 5 }))
    expect(await store.readDueTimers(startAt + 100, 10)).toEqual([
      { executionId: 'one', wakeAt: startAt + 5 },
    ])
    await commitAll(store, writeOf(executionOf('one', { revision: 4 })))
    expect(await store.nextWakeAt()).toBeUndefined()
    expect(await store.readDueTimers(startAt + 100, 10)).toEqual([])
  })

  promised('shares divide the timers among them, each in its order', async ({ store }) => {
    const ids = Array.from({ length: 60 }, (_, n) => `e${n}`)
    await commitAll(
      store,
      ...ids.map((id, n) => startOf(executionOf(id), { wakeAt: startAt + ((n * 7) % 60) })),
    )
    const all = (await store.readDueTimers(startAt + 50, 100)).toSorted(byTime)
    for (const count of [1, 2, 3, 7]) {
      const shares = Array.from({ length: count }, (_, index) => ({ index, count }))
      const found = await Promise.all(
        shares.map((share) => store.readDueTimers(startAt + 50, 100, share)),
      )
      for (const [index, timers] of found.entries()) {
        expect(timers).toEqual(timers.toSorted(byTime))
        expect(timers.every(({ executionId }) => slotOf(executionId) % count === index)).toBe(true)
        expect(await store.nextWakeAt({ index, count })).toBe(timers[0]?.wakeAt)
        const few = await store.readDueTimers(startAt + 50, 3, { index, count })
        expect(few).toEqual(timers.slice(0, 3))
      }
      expect(found.flat().toSorted(byTime)).toEqual(all)
    }
    expect(await store.nextWakeAt({ index: emptySlot(ids), count: 256 })).toBeUndefined()
  })

  promised('what nothing could wake is found', async ({ store }) => {
    const silent = { waitsForEvent: false }
    const put = [commandOf('with-command', 1)]
    await commitAll(
      store,
      startOf(executionOf('stuck-waiting'), silent),
      startOf(executionOf('stuck-running', { status: 'running' }), silent),
      startOf(executionOf('stuck-compensating', { status: 'compensating' }), silent),
      startOf(executionOf('with-event')),
      startOf(executionOf('with-timer'), { ...silent, wakeAt: startAt }),
      startOf(executionOf('with-command', { status: 'running' }), { ...silent, outbox: { put } }),
      startOf(executionOf('with-person', { status: 'incident' }), silent),
      startOf(executionOf('paused', { status: 'paused' }), silent),
      startOf(executionOf('finished', { status: 'cancelled', finishedAt: startAt }), silent),
    )
    const stuck = ['stuck-compensating', 'stuck-running', 'stuck-waiting']
    expect((await store.findUnwakeable(10)).toSorted()).toEqual(stuck)
    expect(await store.findUnwakeable(2)).toHaveLength(2)
    await commitAll(
      store,
      writeOf(executionOf('stuck-waiting', { revision: 3 })),
      writeOf(executionOf('stuck-running', { revision: 3, status: 'running' }), {
        ...silent,
        wakeAt: startAt,
      }),
      writeOf(executionOf('with-command', { revision: 3, status: 'running' }), {
        ...silent,
        outbox: { remove: ['with-command:1'] },
      }),
    )
    expect((await store.findUnwakeable(10)).toSorted()).toEqual([
      'stuck-compensating',
      'with-command',
    ])
  })
}

function byTime(left: DueTimer, right: DueTimer): number {
  return left.wakeAt - right.wakeAt
}

/** A slot in which none of these executions is. */
function emptySlot(ids: readonly string[]): number {
  const taken = new Set(ids.map(slotOf))
  return Array.from({ length: 256 }, (_, slot) => slot).find((slot) => !taken.has(slot)) ?? 0
}
