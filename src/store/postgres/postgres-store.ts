import { encodeWrite } from '../rows/encode-write.ts'
import type { Sharing, TimerShare } from '../sharing.ts'
import type { Store } from '../store.ts'
import { Committer } from './commit.ts'
import { planConnections, type PostgresStoreOptions } from './connection-options.ts'
import { Connections } from './connections.ts'
import { CountRows } from './count-rows.ts'
import { DeadLetterRows } from './dead-letter-rows.ts'
import { ExecutionReader } from './execution-reader.ts'
import { FlowRows } from './flow-rows.ts'
import { Listing } from './listing.ts'
import { migrate } from './migrate.ts'
import { OutboxReader } from './outbox-reader.ts'
import { PositionRows } from './position-rows.ts'
import { PostgresSharing } from './postgres-sharing.ts'
import { RetiredRows } from './retired-rows.ts'

/** Rows that probes write to: several, so that replicas do not wait for each other. */
const probeSlots = 16

/** While one batch waits for the disk, the server works on the next: it has a process for each. */
const commitsAtOnce = 2

const everything: TimerShare = { index: 0, count: 1 }

/**
 * Opens the store on a PostgreSQL database, and brings its schema to the newest form. Throws
 * STORE_TOO_NEW, STORE_UNAVAILABLE, CONFIG_INVALID.
 */
export async function openPostgresStore(
  options: PostgresStoreOptions,
): Promise<Store & { readonly sharing: Sharing }> {
  const connections = new Connections(planConnections(options))
  try {
    await migrate(connections)
  } catch (error) {
    await connections.close()
    throw error
  }
  return storeOn(connections)
}

function storeOn(connections: Connections): Store & { readonly sharing: Sharing } {
  const sharing = new PostgresSharing(connections)
  const committer = new Committer(connections, () => sharing.replicaNumber)
  const counts = new CountRows(connections)
  const reader = new ExecutionReader(connections)
  const outbox = new OutboxReader(connections)
  const flows = new FlowRows(connections)
  const listing = new Listing(connections, counts)
  const positions = new PositionRows(connections)
  const deadLetters = new DeadLetterRows(connections)
  const retired = new RetiredRows(connections)
  return {
    name: 'postgres',
    commitsAtOnce,
    sharing,
    async commit(writes) {
      const results = await committer.commit(writes.map(encodeWrite))
      counts.noteCommit()
      return results
    },
    readExecutions: (ids) => reader.read(ids),
    readInbox: (keys) => reader.readAnswers(keys),
    findByKey: (flow, key) => reader.findByKey(flow, key),
    readJournal: (executionId, page) => reader.readJournal(executionId, page),
    readOutbox: (query) => outbox.readDue(query),
    readOutboxCommands: (ids) => outbox.read(ids),
    nextDueAt: (channel, after) => outbox.nextDueAt(channel, after),
    outboxChannels: () => outbox.channels(),
    readDueTimers: (until, limit, share = everything) => reader.readDueTimers(until, limit, share),
    nextWakeAt: (share = everything) => reader.nextWakeAt(share),
    readPositions: (channel) => positions.read(channel),
    savePositions: (channel, settled) => positions.save(channel, settled),
    putDeadLetters: (letters) => deadLetters.put(letters),
    listDeadLetters: (query) => deadLetters.list(query),
    readDeadLetters: (numbers) => deadLetters.read(numbers),
    removeDeadLetters: (numbers) => deadLetters.remove(numbers),
    countDeadLetters: () => deadLetters.counts(),
    readFinishedBefore: (time, limit) => retired.readFinishedBefore(time, limit),
    deleteExecutions: (ids) => retired.delete(ids),
    listExecutions: (query) => listing.list(query),
    countExecutions: (filter) => listing.count(filter),
    flowCounts: (flow) => counts.flowCounts(flow),
    nodeCounts: (flow) => counts.nodeCounts(flow),
    findUnwakeable: (limit) => reader.findUnwakeable(limit),
    publishFlow: (version) => flows.publish(version),
    readFlowVersion: (flow, version) => flows.read(flow, version),
    listFlowVersions: (flow) => flows.readVersions(flow),
    listFlows: () => flows.readFlows(),
    listFlowHeads: () => flows.readHeads(),
    setFlowStatus: (flow, status) => flows.setStatus(flow, status),
    async probe() {
      await connections.write({
        name: 'probe',
        text: `INSERT INTO probes (slot, written_at) VALUES ($1, clock_timestamp())
          ON CONFLICT (slot) DO UPDATE SET written_at = excluded.written_at`,
        values: [Math.floor(Math.random() * probeSlots)],
      })
    },
    async close() {
      await sharing.close()
      await counts.settle()
      await connections.close()
    },
  }
}
