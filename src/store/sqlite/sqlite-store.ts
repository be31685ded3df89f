import { dirname, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Execution } from '../../kernel/model/execution.ts'
import type { Json } from '../../kernel/model/json.ts'
import type {
  DueTimer,
  ExecutionFilter,
  ExecutionPage,
  ExecutionQuery,
  ExecutionWrite,
  FlowCounts,
  FlowRecord,
  FlowStatus,
  FlowVersion,
  InboxKey,
  JournalPage,
  NewFlowVersion,
  OutboxCommand,
  Store,
  WriteResult,
} from '../store.ts'
import { Committer } from './commit.ts'
import { makeFolder, openDatabase, type Synchronous } from './connection.ts'
import { CountReader } from './count-reader.ts'
import { Counts } from './counts.ts'
import { ExecutionReader } from './execution-reader.ts'
import { FlowRows } from './flow-rows.ts'
import { Heads } from './heads.ts'
import { Listing } from './listing.ts'
import { lockStore } from './lock.ts'
import { migrate } from './migrate.ts'
import { OutboxRows } from './outbox-rows.ts'
import { guarded } from './sqlite-errors.ts'

export interface SqliteStoreOptions {
  /** The database file; it and its folder are made when they are not there. */
  readonly path: string
  /** What a commit waits for; see `Synchronous`. The default is `full`. */
  readonly synchronous?: Synchronous
}

/**
 * Opens the store on an SQLite file. Throws STORE_IN_USE, STORE_TOO_NEW, STORE_UNAVAILABLE.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = resolve(options.path)
  return guarded(path, () => {
    const opened = openLocked(path, options.synchronous ?? 'full')
    return new SqliteStore(path, opened)
  })
}

interface Opened {
  readonly database: DatabaseSync
  close(): void
}

class SqliteStore implements Store {
  readonly name = 'sqlite'
  readonly #path: string
  readonly #opened: Opened
  readonly #committer: Committer
  readonly #reader: ExecutionReader
  readonly #outbox: OutboxRows
  readonly #counts: CountReader
  readonly #listing: Listing
  readonly #flows: FlowRows

  constructor(path: string, opened: Opened) {
    const { database } = opened
    this.#path = path
    this.#opened = opened
    this.#outbox = new OutboxRows(database)
    this.#reader = new ExecutionReader(database)
    this.#counts = new CountReader(database)
    this.#listing = new Listing(database, this.#reader, this.#counts)
    this.#flows = new FlowRows(database)
    this.#committer = new Committer(database, {
      heads: new Heads(database),
      counts: new Counts(database),
      outbox: this.#outbox,
    })
  }

  async commit(writes: readonly ExecutionWrite[]): Promise<readonly WriteResult[]> {
    return this.#guarded(() => this.#committer.commit(writes))
  }

  async readExecutions(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>> {
    return this.#guarded(() => {
      const executions = new Map<string, Execution>()
      for (const id of ids) {
        const execution = this.#reader.read(id)
        if (execution !== undefined) executions.set(id, execution)
      }
      return executions
    })
  }

  async readInbox(keys: readonly InboxKey[]): Promise<readonly (Json | undefined)[]> {
    return this.#guarded(() => keys.map((key) => this.#reader.readAnswer(key)))
  }

  async findByKey(flow: string, key: string): Promise<string | undefined> {
    return this.#guarded(() => this.#reader.findByKey(flow, key))
  }

  async readJournal(
    executionId: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<JournalPage> {
    return this.#guarded(() => this.#reader.readJournal(executionId, page))
  }

  async readOutbox(query: {
    readonly channel: string
    readonly after: number
    readonly dueBy: number
    readonly limit: number
  }): Promise<readonly OutboxCommand[]> {
    const { channel, after, dueBy, limit } = query
    return this.#guarded(() => this.#outbox.readDue(channel, after, dueBy, limit))
  }

  async readOutboxCommands(ids: readonly string[]): Promise<readonly OutboxCommand[]> {
    return this.#guarded(() => this.#reader.readOutboxCommands(ids, this.#outbox))
  }

  async nextDueAt(channel: string, after: number): Promise<number | undefined> {
    return this.#guarded(() => this.#outbox.nextDueAt(channel, after))
  }

  async outboxChannels(): Promise<readonly string[]> {
    return this.#guarded(() => this.#outbox.channels())
  }

  async readDueTimers(until: number, limit: number): Promise<readonly DueTimer[]> {
    return this.#guarded(() => this.#reader.readDueTimers(until, limit))
  }

  async nextWakeAt(): Promise<number | undefined> {
    return this.#guarded(() => this.#reader.nextWakeAt())
  }

  async listExecutions(query: ExecutionQuery): Promise<ExecutionPage> {
    return this.#guarded(() => this.#listing.list(query))
  }

  async countExecutions(filter: ExecutionFilter): Promise<number> {
    return this.#guarded(() => this.#listing.count(filter))
  }

  async flowCounts(flow?: string): Promise<ReadonlyMap<string, FlowCounts>> {
    return this.#guarded(() => this.#counts.flowCounts(flow))
  }

  async nodeCounts(flow: string): Promise<ReadonlyMap<string, number>> {
    return this.#guarded(() => this.#counts.nodeCounts(flow))
  }

  async findUnwakeable(limit: number): Promise<readonly string[]> {
    return this.#guarded(() => this.#reader.findUnwakeable(limit))
  }

  async publishFlow(version: NewFlowVersion): Promise<FlowVersion> {
    return this.#guarded(() => this.#flows.publish(version))
  }

  async readFlowVersion(flow: string, version: number): Promise<FlowVersion | undefined> {
    return this.#guarded(() => this.#flows.read(flow, version))
  }

  async listFlowVersions(flow: string): Promise<readonly FlowVersion[]> {
    return this.#guarded(() => this.#flows.readVersions(flow))
  }

  async listFlows(): Promise<readonly FlowRecord[]> {
    return this.#guarded(() => this.#flows.readFlows())
  }

  async setFlowStatus(flow: string, status: FlowStatus): Promise<void> {
    this.#guarded(() => this.#flows.setStatus(flow, status))
  }

  async probe(): Promise<void> {
    this.#guarded(() =>
      this.#opened.database.exec(`
      BEGIN IMMEDIATE;
      INSERT INTO sequences (name, value) VALUES ('probe', 1)
        ON CONFLICT DO UPDATE SET value = value + 1;
      COMMIT`),
    )
  }

  async close(): Promise<void> {
    guarded(this.#path, () => this.#opened.close())
  }

  #guarded<T>(work: () => T): T {
    if (!this.#opened.database.isOpen) {
      throw new SignalboxError('STORE_UNAVAILABLE', 'Expected an open store, found it closed.')
    }
    return guarded(this.#path, work)
  }
}

function openLocked(path: string, synchronous: Synchronous): Opened {
  makeFolder(dirname(path))
  const lock = lockStore(path)
  try {
    const database = openDatabase(path, synchronous)
    const close = (): void => {
      if (database.isOpen) database.close()
      lock.release()
    }
    migrateOr(close, database)
    return { database, close }
  } catch (error) {
    lock.release()
    throw error
  }
}

function migrateOr(close: () => void, database: DatabaseSync): void {
  try {
    migrate(database)
  } catch (error) {
    close()
    throw error
  }
}
