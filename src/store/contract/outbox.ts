import { expect } from 'vitest'
import type { Store } from '../store.ts'
import { commitAll, readWholeOutbox } from './access.ts'
import { commandOf, executionOf, startAt, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'

export function outboxPromises(promised: Promised): void {
  promised('commands are read in the order in which they were put', async ({ store }) => {
    const sequences = await commitAll(
      store,
      startOf(executionOf('b'), { outbox: { put: [commandOf('b', 1), commandOf('b', 2)] } }),
      startOf(executionOf('a'), { outbox: { put: [commandOf('a', 1)] } }),
    )
    const later = await commitAll(
      store,
      writeOf(executionOf('b', { revision: 3 }), { outbox: { put: [commandOf('b', 3)] } }),
    )
    const rows = await readWholeOutbox(store)
    expect(rows.map(({ commandId }) => commandId)).toEqual(['b:1', 'b:2', 'a:1', 'b:3'])
    const given = [...sequences, ...later].flat()
    expect(rows.map(({ sequence }) => sequence)).toEqual(given)
    expect(given).toEqual(given.toSorted((left, right) => left - right))
    expect(new Set(given).size).toBe(given.length)
  })

  promised('a command is read as it was put', async ({ store }) => {
    const full = commandOf('one', 1, { key: 'K', purpose: 'undo', attempt: 3, data: null })
    const [[sequence] = []] = await commitAll(
      store,
      startOf(executionOf('one'), { outbox: { put: [full] } }),
    )
    expect(await readWholeOutbox(store)).toStrictEqual([{ ...full, sequence }])
    expect(await store.readOutboxCommands(['one:1'])).toStrictEqual([{ ...full, sequence }])
  })

  promised('pages by sequence, due time and channel', async ({ store }) => {
    const dueTimes = [0, 50, 10, 0, 99]
    const put = dueTimes.map((delay, n) => commandOf('one', n, { dueAt: startAt + delay }))
    await commitAll(
      store,
      startOf(executionOf('one'), {
        outbox: { put: [...put, commandOf('one', 9, { channel: 'mail' })] },
      }),
    )
    const ids = async (after: number, delay: number, limit: number) => {
      const query = { channel: 'shop', after, dueBy: startAt + delay, limit }
      return (await store.readOutbox(query)).map(({ commandId }) => commandId)
    }
    expect(await ids(0, -1, 10)).toEqual([])
    expect(await ids(0, 0, 10)).toEqual(['one:0', 'one:3'])
    expect(await ids(0, 10, 10)).toEqual(['one:0', 'one:2', 'one:3'])
    expect(await ids(0, 99, 2)).toEqual(['one:0', 'one:1'])
    const second = (await readWholeOutbox(store))[1]?.sequence ?? 0
    expect(await ids(second, 99, 2)).toEqual(['one:2', 'one:3'])
    expect(await ids(second, 10, 1)).toEqual(['one:2'])
    expect((await readWholeOutbox(store, 'mail')).map(({ commandId }) => commandId)).toEqual([
      'one:9',
    ])
    expect(await readWholeOutbox(store, 'none')).toEqual([])
    expect(await store.outboxChannels()).toEqual(['mail', 'shop'])
  })

  promised(
    'a removed command is gone; others and unknown ones do not matter',
    async ({ store }) => {
      await commitTwo(store)
      await commitAll(
        store,
        writeOf(executionOf('one', { revision: 3 }), { outbox: { remove: ['one:1', 'one:77'] } }),
      )
      expect((await readWholeOutbox(store)).map(({ commandId }) => commandId)).toEqual(['one:2'])
      expect(await store.readOutboxCommands(['one:1', 'one:2', 'one:3', 'odd'])).toHaveLength(1)
      await commitAll(
        store,
        writeOf(executionOf('one', { revision: 4 }), { outbox: { remove: ['one:2'] } }),
      )
      expect(await store.outboxChannels()).toEqual([])
      expect(await store.nextDueAt('shop', 0)).toBeUndefined()
    },
  )

  promised('a postponed command keeps its place and waits for its time', async ({ store }) => {
    await commitTwo(store)
    const postpone = [
      { commandId: 'one:1', dueAt: startAt + 100, attempt: 2 },
      { commandId: 'one:77', dueAt: startAt + 1, attempt: 9 },
    ]
    await commitAll(store, writeOf(executionOf('one', { revision: 3 }), { outbox: { postpone } }))
    const rows = await readWholeOutbox(store)
    expect(rows.map(({ commandId, attempt }) => [commandId, attempt])).toEqual([
      ['one:1', 2],
      ['one:2', 1],
    ])
    const due = await store.readOutbox({ channel: 'shop', after: 0, dueBy: startAt + 99, limit: 9 })
    expect(due.map(({ commandId }) => commandId)).toEqual(['one:2'])
    expect(await store.nextDueAt('shop', startAt)).toBe(startAt + 100)
  })

  promised('the next due time is the earliest one after a moment', async ({ store }) => {
    const dueTimes = [-20, 30, 10, 10]
    const put = dueTimes.map((delay, n) => commandOf('one', n, { dueAt: startAt + delay }))
    await commitAll(store, startOf(executionOf('one'), { outbox: { put } }))
    const next = async (delay: number) => {
      const at = await store.nextDueAt('shop', startAt + delay)
      return at === undefined ? undefined : at - startAt
    }
    expect(await next(-100)).toBe(-20)
    expect(await next(-20)).toBe(10)
    expect(await next(0)).toBe(10)
    expect(await next(10)).toBe(30)
    expect(await next(30)).toBeUndefined()
    expect(await store.nextDueAt('none', 0)).toBeUndefined()
  })

  promised('a command put again stands at the end, once', async ({ store }) => {
    await commitTwo(store)
    await commitAll(
      store,
      writeOf(executionOf('one', { revision: 3 }), {
        outbox: { remove: ['one:1'], put: [commandOf('one', 1, { attempt: 4 })] },
      }),
    )
    await commitAll(
      store,
      writeOf(executionOf('one', { revision: 4 }), { outbox: { put: [commandOf('one', 2)] } }),
    )
    const rows = await readWholeOutbox(store)
    expect(rows.map(({ commandId, attempt }) => [commandId, attempt])).toEqual([
      ['one:1', 4],
      ['one:2', 1],
    ])
  })
}

async function commitTwo(store: Store): Promise<void> {
  const put = [commandOf('one', 1), commandOf('one', 2)]
  await commitAll(store, startOf(executionOf('one'), { outbox: { put } }))
}
