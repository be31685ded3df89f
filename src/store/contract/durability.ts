import { expect } from 'vitest'
import type { ExecutionWrite, Store } from '../store.ts'
import { commitAll, kindsOf, listIds, readWholeOutbox } from './access.ts'
import { commandOf, executionOf, startAt, startOf, writeOf } from './builders.ts'
import { contentsOf } from './contents.ts'
import { letterOf } from './dead-letters.ts'
import { versionOf } from './flows.ts'
import type { Promised } from './subject.ts'

const ids = ['one', 'two', 'three']
const messageIds = ['m1', 'm2', 'm3']

export function durabilityPromises(promised: Promised): void {
  promised('reopening loses nothing', async ({ store, reopen }) => {
    if (reopen === undefined) throw new Error('this store cannot be reopened: name it as a gap')
    await commitFirst(store)
    await store.publishFlow(versionOf('order', 'h1'))
    await store.setFlowStatus('order', 'paused')
    await store.savePositions('shop', new Map([['shop:events/0', 9]]))
    await store.putDeadLetters([letterOf(0), letterOf(1)])
    const [newest] = await store.listDeadLetters({ limit: 1 })
    await store.removeDeadLetters([newest?.number ?? 0])
    const letters = await store.listDeadLetters({ limit: 9 })
    const before = await contentsOf(store, ids, messageIds)
    const flows = await store.listFlows()
    const sequences = (await readWholeOutbox(store)).map(({ sequence }) => sequence)

    const reopened = await reopen()
    expect(await contentsOf(reopened, ids, messageIds)).toEqual(before)
    expect(await reopened.listFlows()).toEqual(flows)
    expect((await readWholeOutbox(reopened)).map(({ sequence }) => sequence)).toEqual(sequences)
    expect(await listIds(reopened, { q: 'term' })).toEqual(['one'])
    expect(await reopened.readPositions('shop')).toEqual(new Map([['shop:events/0', 9]]))
    expect(await reopened.listDeadLetters({ limit: 9 })).toStrictEqual(letters)
    expect(await reopened.countDeadLetters()).toEqual(new Map([['shop', 1]]))
    await reopened.putDeadLetters([letterOf(1)])
    const [again] = await reopened.listDeadLetters({ limit: 1 })
    expect(again?.number).toBeGreaterThan(newest?.number ?? Infinity)
  })

  promised('a reopened store goes on where it was', async ({ store, reopen }) => {
    if (reopen === undefined) throw new Error('this store cannot be reopened: name it as a gap')
    const [first = []] = await commitAll(
      store,
      startOf(executionOf('one', { key: 'K' }), {
        uniqueKey: 'K',
        outbox: { put: [commandOf('one', 1)] },
        inbox: [{ messageId: 'm1', answer: 1 }],
      }),
    )
    await commitAll(
      store,
      writeOf(executionOf('one', { key: 'K', revision: 3 }), {
        uniqueKey: 'K',
        outbox: { remove: ['one:1'] },
      }),
    )
    const reopened = await reopen()
    const results = await reopened.commit([
      writeOf(executionOf('one', { key: 'K', revision: 3 })),
      startOf(executionOf('two', { key: 'K' }), { uniqueKey: 'K' }),
      writeOf(executionOf('one', { key: 'K', revision: 4 }), {
        inbox: [{ messageId: 'm1', answer: 2 }],
      }),
      writeOf(executionOf('one', { key: 'K', revision: 4, node: 'B' }), {
        outbox: { put: [commandOf('one', 2)] },
      }),
    ])
    expect(kindsOf(results)).toEqual(['conflict', 'key-taken', 'duplicate', 'committed'])
    const [sequence = 0] = (await readWholeOutbox(reopened)).map((row) => row.sequence)
    expect(sequence).toBeGreaterThan(first[0] ?? 0)
    expect(await reopened.nodeCounts('order')).toEqual(new Map([['B', 1]]))
  })

  promised('whatever row cannot be written, nothing is half done', async (subject) => {
    const { store, refuseNthRow } = subject
    if (refuseNthRow === undefined) throw new Error('rows cannot be refused: name it as a gap')
    await commitFirst(store)
    const before = await contentsOf(store, ids, messageIds)
    let refused = 0
    for (;;) {
      const fault = await refuseNthRow(refused + 1)
      const outcome = await store.commit(secondWrites()).then(
        () => 'committed',
        (error: unknown) => error,
      )
      await fault.end()
      if (outcome === 'committed') break
      refused++
      expect(outcome).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(await contentsOf(store, ids, messageIds)).toEqual(before)
    }
    // Three executions, their facts, an answer, commands put and removed, terms, and the counts.
    expect(refused).toBeGreaterThan(12)
    const after = await contentsOf(store, ids, messageIds)
    expect(after.executions.get('one')?.node).toBe('B')
    expect(after.flows.get('order')?.byStatus).toEqual({ waiting: 2, completed: 1 })
    expect(after.count).toBe(3)
  })

  promised('nothing of a refused commit comes back with the next one', async (subject) => {
    const { store, refuseNthRow } = subject
    if (refuseNthRow === undefined) throw new Error('rows cannot be refused: name it as a gap')
    const put = [commandOf('one', 1)]
    const starts = [
      startOf(executionOf('one'), { outbox: { put } }),
      startOf(executionOf('two'), { searchTerms: ['red'] }),
    ]
    const fault = await refuseNthRow(4)
    await expect(store.commit(starts)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await fault.end()
    await commitAll(store, startOf(executionOf('three')))
    expect(await store.nodeCounts('order')).toEqual(new Map([['OrderCreated', 1]]))
    expect(await listIds(store)).toEqual(['three'])
    await commitAll(store, ...starts)
    expect(await store.countExecutions({})).toBe(3)
  })

  promised('a refused deletion deletes nothing', async (subject) => {
    const { store, refuseNthRow } = subject
    if (refuseNthRow === undefined) throw new Error('rows cannot be refused: name it as a gap')
    const end = { status: 'completed', finishedAt: startAt } as const
    const endedIds = ['one', 'two']
    const starts = endedIds.map((id) => startOf(executionOf(id, end), { searchTerms: [id] }))
    await commitAll(store, ...starts)
    const before = await contentsOf(store, endedIds)
    let refused = 0
    for (;;) {
      const fault = await refuseNthRow(refused + 1)
      const outcome = await store.deleteExecutions(endedIds).then(
        () => 'deleted',
        (error: unknown) => error,
      )
      await fault.end()
      if (outcome === 'deleted') break
      refused++
      expect(outcome).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(await contentsOf(store, endedIds)).toEqual(before)
    }
    // Two executions, their facts and their terms.
    expect(refused).toBeGreaterThanOrEqual(6)
    expect(await store.countExecutions({})).toBe(0)
    expect(await store.readFinishedBefore(startAt + 1, 9)).toEqual([])
  })

  promised('a store that can be written to says so', async ({ store }) => {
    await store.probe()
    await store.probe()
    expect(await store.countExecutions({})).toBe(0)
  })

  promised('a closed store answers nothing', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one')))
    await store.close()
    await store.close()
    const unavailable = { code: 'STORE_UNAVAILABLE' }
    await expect(store.commit([startOf(executionOf('two'))])).rejects.toMatchObject(unavailable)
    await expect(store.readExecutions(['one'])).rejects.toMatchObject(unavailable)
    await expect(store.listFlows()).rejects.toMatchObject(unavailable)
    await expect(store.probe()).rejects.toMatchObject(unavailable)
  })
}

async function commitFirst(store: Store): Promise<void> {
  await commitAll(
    store,
    startOf(executionOf('one', { key: 'K1' }), {
      wakeAt: startAt + 10,
      uniqueKey: 'K1',
      searchTerms: ['Term'],
      outbox: { put: [commandOf('one', 1), commandOf('one', 2, { channel: 'mail' })] },
      inbox: [{ messageId: 'm1', answer: { a: 1 } }],
    }),
    startOf(executionOf('two', { key: 'K2' }), { outbox: { put: [commandOf('two', 1)] } }),
  )
  const postpone = [{ commandId: 'two:1', dueAt: startAt + 70, attempt: 2 }]
  await commitAll(
    store,
    writeOf(executionOf('two', { key: 'K2', revision: 3 }), { outbox: { postpone } }),
  )
}

function secondWrites(): readonly ExecutionWrite[] {
  return [
    startOf(executionOf('three'), {
      searchTerms: ['other'],
      outbox: { put: [commandOf('three', 1)] },
      inbox: [{ messageId: 'm3', answer: null }],
    }),
    writeOf(executionOf('one', { key: 'K1', revision: 3, node: 'B' }), {
      wakeAt: startAt + 20,
      uniqueKey: 'K1',
      searchTerms: ['changed'],
      outbox: { remove: ['one:1'], put: [commandOf('one', 3)] },
    }),
    writeOf(
      executionOf('two', {
        key: 'K2',
        revision: 4,
        node: 'Done',
        status: 'completed',
        finishedAt: startAt + 1,
      }),
      { outbox: { remove: ['two:1'] } },
    ),
  ]
}
