import type { Registry } from 'prom-client'
import type { Store } from '../../store/store.ts'
import { addGauge } from './gauge.ts'

/** What is read from the store at most so often, however often the metrics are asked for. */
const readMs = 10_000
/** The liveness ledger looks at every unfinished execution. */
const ledgerMs = 60_000
/** More than this many are as bad. */
const unwakeableMax = 1_000

/**
 * What only the store knows, the same at every replica: use `max`, not `sum`, over them. Where the
 * store does not answer the values are absent, and `signalbox_store_up` is 0.
 */
export function reportStore(registry: Registry, store: Store): void {
  const ledger = remembered(ledgerMs, () => store.findUnwakeable(unwakeableMax))
  const deadLetters = remembered(readMs, () => store.countDeadLetters())
  const outbox = remembered(readMs, () => readOldestDue(store))
  const lateness = remembered(readMs, () => readLateness(store))

  addGauge(
    registry,
    {
      name: 'executions_unwakeable',
      help: 'The liveness ledger: unfinished executions that nothing could wake. Must be 0.',
    },
    async (metric) => {
      const ids = await ledger()
      if (ids !== undefined) metric.set(ids.length)
    },
  )
  addGauge(
    registry,
    { name: 'dead_letters', help: 'Messages that could not be applied.', labelNames: ['channel'] },
    async (metric) => {
      for (const [channel, count] of (await deadLetters()) ?? []) metric.set({ channel }, count)
    },
  )
  addGauge(
    registry,
    {
      name: 'outbox_oldest_seconds',
      help: 'For how long the first command of a channel has been due without being settled.',
      labelNames: ['channel'],
    },
    async (metric) => {
      for (const [channel, seconds] of (await outbox()) ?? []) metric.set({ channel }, seconds)
    },
  )
  addGauge(
    registry,
    { name: 'timers_late_seconds', help: 'For how long the earliest timer has been due.' },
    async (metric) => {
      const seconds = await lateness()
      if (seconds !== undefined) metric.set(seconds)
    },
  )
  addGauge(
    registry,
    { name: 'store_up', help: 'Whether the store answers: 1 or 0.' },
    async (metric) => metric.set((await lateness()) === undefined ? 0 : 1),
  )
}

async function readOldestDue(store: Store): Promise<ReadonlyMap<string, number>> {
  const now = Date.now()
  const secondsByChannel = new Map<string, number>()
  for (const channel of await store.outboxChannels()) {
    const [first] = await store.readOutbox({ channel, after: 0, dueBy: now, limit: 1 })
    secondsByChannel.set(channel, first === undefined ? 0 : secondsSince(first.dueAt, now))
  }
  return secondsByChannel
}

async function readLateness(store: Store): Promise<number> {
  const now = Date.now()
  const wakeAt = await store.nextWakeAt()
  return wakeAt === undefined ? 0 : secondsSince(wakeAt, now)
}

function secondsSince(time: number, now: number): number {
  return Math.max(0, now - time) / 1_000
}

/** The answer of the last call while it is new enough; undefined when the call failed. */
function remembered<Value>(
  forMs: number,
  read: () => Promise<Value>,
): () => Promise<Value | undefined> {
  let readAt = Number.NEGATIVE_INFINITY
  let value: Promise<Value | undefined> = Promise.resolve(undefined)
  return () => {
    if (performance.now() - readAt >= forMs) {
      readAt = performance.now()
      value = read().catch(() => {
        // Who looks at the store's outages tells of it; the next one who asks tries again.
        readAt = Number.NEGATIVE_INFINITY
        return undefined
      })
    }
    return value
  }
}
