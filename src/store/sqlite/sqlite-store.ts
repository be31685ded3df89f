import { resolve } from 'node:path'
import type { Store } from '../store.ts'
import type { Synchronous } from './connection.ts'
import { encodeWrite } from '../rows/encode-write.ts'
import { startFileThread } from './file-thread-client.ts'
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts'

export interface SqliteStoreOptions {
  /** The database file; it and its folder are made when they are not there. */
  readonly path: string
  /** What a commit waits for; see `Synchronous`. The default is `full`. */
  readonly synchronous?: Synchronous
  /**
   * Whether the file has a thread of its own, so that waiting for the disk stops nothing else. The
   * default; without it, a program that does nothing but write saves the way.
   */
  readonly thread?: boolean
}

/**
 * Opens the store on an SQLite file. Throws STORE_IN_USE, STORE_TOO_NEW, STORE_UNAVAILABLE.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = resolve(options.path)
  const synchronous = options.synchronous ?? 'full'
  if (options.thread === false) {
    const file = openSqliteFile(path, synchronous)
    return storeOf(async (method, ...parameters) => callFile(file, method, parameters))
  }
  const thread = await startFileThread(path, synchronous)
  return storeOf(thread.call)
}

/** The methods of the file that can be called by name. */
export type FileMethod = keyof SqliteFile

/** Calls a method of the file, wherever it runs. */
export type CallFile = <Method extends FileMethod>(
  method: Method,
  ...parameters: Parameters<SqliteFile[Method]>
) => Promise<ReturnType<SqliteFile[Method]>>

/** Calls a method by its name. */
export function callFile<Method extends FileMethod>(
  file: SqliteFile,
  method: Method,
  parameters: Parameters<SqliteFile[Method]>,
): ReturnType<SqliteFile[Method]> {
  const call = file[method] as (...values: typeof parameters) => ReturnType<SqliteFile[Method]>
  return call.apply(file, parameters)
}

function storeOf(call: CallFile): Store {
  return {
    name: 'sqlite',
    commit: (writes) => call('commit', writes.map(encodeWrite)),
    readExecutions: (ids) => call('readExecutions', ids),
    readInbox: (keys) => call('readInbox', keys),
    findByKey: (flow, key) => call('findByKey', flow, key),
    readJournal: (executionId, page) => call('readJournal', executionId, page),
    readOutbox: (query) => call('readOutbox', query),
    readOutboxCommands: (ids) => call('readOutboxCommands', ids),
    nextDueAt: (channel, after) => call('nextDueAt', channel, after),
    outboxChannels: () => call('outboxChannels'),
    readDueTimers: (until, limit, share) => call('readDueTimers', until, limit, share),
    nextWakeAt: (share) => call('nextWakeAt', share),
    readPositions: (channel) => call('readPositions', channel),
    savePositions: (channel, positions) => call('savePositions', channel, positions),
    putDeadLetters: (letters) => call('putDeadLetters', letters),
    listDeadLetters: (query) => call('listDeadLetters', query),
    readDeadLetters: (numbers) => call('readDeadLetters', numbers),
    removeDeadLetters: (numbers) => call('removeDeadLetters', numbers),
    countDeadLetters: () => call('countDeadLetters'),
    readFinishedBefore: (time, limit) => call('readFinishedBefore', time, limit),
    deleteExecutions: (ids) => call('deleteExecutions', ids),
    listExecutions: (query) => call('listExecutions', query),
    countExecutions: (filter) => call('countExecutions', filter),
    flowCounts: (flow) => call('flowCounts', flow),
    nodeCounts: (flow) => call('nodeCounts', flow),
    findUnwakeable: (limit) => call('findUnwakeable', limit),
    publishFlow: (version) => call('publishFlow', version),
    readFlowVersion: (flow, version) => call('readFlowVersion', flow, version),
    listFlowVersions: (flow) => call('listFlowVersions', flow),
    listFlows: () => call('listFlows'),
    listFlowHeads: () => call('listFlowHeads'),
    setFlowStatus: (flow, status) => call('setFlowStatus', flow, status),
    probe: () => call('probe'),
    close: () => call('close'),
  }
}
