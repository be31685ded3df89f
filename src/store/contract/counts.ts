import { expect } from 'vitest'
import type { Incident } from '../../kernel/model/execution.ts'
import { commitAll } from './access.ts'
import { executionOf, startAt, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'

const incident: Incident = {
  code: 'C',
  message: 'm',
  at: startAt,
  node: 'A',
  subject: { kind: 'node' },
}

export function countPromises(promised: Promised): void {
  promised('flows are counted by status, with incidents and last activity', async ({ store }) => {
    expect(await store.flowCounts()).toEqual(new Map())
    await commitAll(
      store,
      startOf(executionOf('a')),
      startOf(executionOf('b', { updatedAt: startAt + 50 })),
      startOf(executionOf('c', { flow: 'other', status: 'incident', incident })),
    )
    await commitAll(
      store,
      writeOf(executionOf('a', { revision: 3, status: 'completed', finishedAt: startAt + 9 })),
      writeOf(executionOf('b', { revision: 3, status: 'incident', incident, updatedAt: startAt })),
    )
    expect(await store.flowCounts()).toEqual(
      new Map([
        [
          'order',
          {
            byStatus: { completed: 1, incident: 1 },
            incidents: 1,
            lastActivityAt: startAt + 50,
          },
        ],
        ['other', { byStatus: { incident: 1 }, incidents: 1, lastActivityAt: startAt }],
      ]),
    )
    expect([...(await store.flowCounts('other')).keys()]).toEqual(['other'])
    expect((await store.flowCounts('none')).size).toBe(0)
    await commitAll(store, writeOf(executionOf('b', { revision: 4 })))
    expect((await store.flowCounts('order')).get('order')?.incidents).toBe(0)
  })

  promised('unfinished executions are counted by node', async ({ store }) => {
    await commitAll(
      store,
      startOf(executionOf('a', { node: 'A' })),
      startOf(executionOf('b', { node: 'A', status: 'paused' })),
      startOf(executionOf('c', { node: 'End', status: 'completed', finishedAt: startAt })),
      startOf(executionOf('d', { node: 'A', flow: 'other' })),
    )
    expect(await store.nodeCounts('order')).toEqual(new Map([['A', 2]]))
    await commitAll(
      store,
      writeOf(executionOf('a', { node: 'B', revision: 3 })),
      writeOf(executionOf('b', { node: 'B', status: 'failed', finishedAt: startAt, revision: 3 })),
    )
    expect(await store.nodeCounts('order')).toEqual(new Map([['B', 1]]))
    expect(await store.nodeCounts('none')).toEqual(new Map())
  })

  promised('writes left out are not counted', async ({ store }) => {
    await commitAll(store, startOf(executionOf('a')))
    await store.commit([
      startOf(executionOf('a', { node: 'B' })),
      writeOf(executionOf('a', { node: 'B', revision: 9 })),
    ])
    expect(await store.nodeCounts('order')).toEqual(new Map([['OrderCreated', 1]]))
    expect(await store.countExecutions({})).toBe(1)
  })
}
