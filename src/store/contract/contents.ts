import type { Store } from '../store.ts'

/**
 * Everything that a store tells about some executions, in a form that can be compared: for proving
 * that two stores hold the same, or that nothing changed.
 */
export async function contentsOf(
  store: Store,
  ids: readonly string[],
  messageIds: readonly string[] = [],
) {
  const outbox: unknown[] = []
  for (const channel of await store.outboxChannels()) {
    const rows = await store.readOutbox({
      channel,
      after: 0,
      dueBy: Number.MAX_SAFE_INTEGER,
      limit: 10_000,
    })
    outbox.push({
      channel,
      commands: rows.map(({ sequence: _sequence, ...command }) => command),
      nextDueAt: await store.nextDueAt(channel, 0),
    })
  }
  const journals = []
  for (const id of ids) journals.push(await store.readJournal(id, { after: 0, limit: 10_000 }))
  const inboxKeys = ids.flatMap((executionId) =>
    messageIds.map((messageId) => ({ executionId, messageId })),
  )
  const timers = await store.readDueTimers(Number.MAX_SAFE_INTEGER, 10_000)
  const flows = await store.flowCounts()
  return {
    executions: await store.readExecutions(ids),
    journals,
    outbox,
    inbox: await store.readInbox(inboxKeys),
    timers: timers.toSorted((left, right) => (left.executionId < right.executionId ? -1 : 1)),
    nextWakeAt: await store.nextWakeAt(),
    flows,
    nodes: await Promise.all([...flows.keys()].toSorted().map((flow) => store.nodeCounts(flow))),
    count: await store.countExecutions({}),
    unwakeable: (await store.findUnwakeable(10_000)).toSorted(),
  }
}
