import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Execution } from '../../kernel/model/execution.ts'
import type { Json } from '../../kernel/model/json.ts'
import type { TimerShare } from '../sharing.ts'
import type {
  DeadLetter,
  DueTimer,
  ExecutionFilter,
  ExecutionPage,
  ExecutionQuery,
  FlowCounts,
  FlowHead,
  FlowRecord,
  FlowStatus,
  FlowVersion,
  InboxKey,
  JournalPage,
  NewDeadLetter,
  NewFlowVersion,
  OutboxCommand,
  WriteResult,
} from '../store.ts'
import { Committer } from './commit.ts'
import { makeFolder, openDatabase, type Synchronous } from './connection.ts'
import { CountReader } from './count-reader.ts'
import { Counts } from './counts.ts'
import { DeadLetterRows } from './dead-letter-rows.ts'
import type { EncodedWrite } from '../rows/encode-write.ts'
import { ExecutionReader } from './execution-reader.ts'
import { FlowRows } from './flow-rows.ts'
import { Heads } from './heads.ts'
import { Listing } from './listing.ts'
import { lockStore } from './lock.ts'
import { migrate } from './migrate.ts'
import { OutboxRows } from './outbox-rows.ts'
import { PositionRows } from './position-rows.ts'
import { RetiredRows } from './retired-rows.ts'
import { guarded } from './sqlite-errors.ts'
import { Transaction } from './transaction.ts'

/** Throws STORE_IN_USE, STORE_TOO_NEW, STORE_UNAVAILABLE. */
export function openSqliteFile(path: string, synchronous: Synchronous): SqliteFile {
  return guarded(path, () => new SqliteFile(path, openLocked(path, synchronous)))
}

interface Opened {
  readonly database: DatabaseSync
  close(): void
}

/**
 * The store on one SQLite file, as plain calls: node:sqlite answers at once. It runs in a thread of
 * its own (see `file-thread.ts`), because a commit waits for the disk.
 *
 * Its methods are those of the port, so that a call can be passed on by name.
 */
export class SqliteFile {
  readonly #path: string
  readonly #opened: Opened
  readonly #committer: Committer
  readonly #reader: ExecutionReader
  readonly #outbox: OutboxRows
  readonly #counts: CountReader
  readonly #listing: Listing
  readonly #flows: FlowRows
  readonly #positions: PositionRows
  readonly #deadLetters: DeadLetterRows
  readonly #retired: RetiredRows
  readonly #transaction: Transaction
  readonly #writeProbe: StatementSync

  constructor(path: string, opened: Opened) {
    const { database } = opened
    this.#path = path
    this.#opened = opened
    this.#outbox = new OutboxRows(database)
    this.#reader = new ExecutionReader(database)
    this.#counts = new CountReader(database)
    this.#listing = new Listing(database, this.#reader, this.#counts)
    this.#flows = new FlowRows(database)
    this.#writeProbe = database.prepare(`
      INSERT INTO sequences (name, value) VALUES ('probe', 1)
      ON CONFLICT DO UPDATE SET value = value + 1`)
    const heads = new Heads(database)
    const counts = new Counts(database)
    this.#transaction = new Transaction(database, () => {
      heads.forgetAll()
      counts.discard()
    })
    this.#positions = new PositionRows(database)
    this.#deadLetters = new DeadLetterRows(database)
    this.#retired = new RetiredRows(database, { heads, counts, reader: this.#reader })
    this.#committer = new Committer(database, {
      transaction: this.#transaction,
      heads,
      counts,
      outbox: this.#outbox,
    })
  }

  commit(writes: readonly EncodedWrite[]): readonly WriteResult[] {
    return this.#guarded(() => this.#committer.commit(writes))
  }

  readExecutions(ids: readonly string[]): ReadonlyMap<string, Execution> {
    return this.#guarded(() => {
      const executions = new Map<string, Execution>()
      for (const id of ids) {
        const execution = this.#reader.read(id)
        if (execution !== undefined) executions.set(id, execution)
      }
      return executions
    })
  }

  readInbox(keys: readonly InboxKey[]): readonly (Json | undefined)[] {
    return this.#guarded(() => keys.map((key) => this.#reader.readAnswer(key)))
  }

  findByKey(flow: string, key: string): string | undefined {
    return this.#guarded(() => this.#reader.findByKey(flow, key))
  }

  readJournal(
    executionId: string,
    page: { readonly after: number; readonly limit: number },
  ): JournalPage {
    return this.#guarded(() => this.#reader.readJournal(executionId, page))
  }

  readOutbox(query: {
    readonly channel: string
    readonly after: number
    readonly dueBy: number
    readonly limit: number
  }): readonly OutboxCommand[] {
    const { channel, after, dueBy, limit } = query
    return this.#guarded(() => this.#outbox.readDue(channel, after, dueBy, limit))
  }

  readOutboxCommands(ids: readonly string[]): readonly OutboxCommand[] {
    return this.#guarded(() => this.#reader.readOutboxCommands(ids, this.#outbox))
  }

  nextDueAt(channel: string, after: number): number | undefined {
    return this.#guarded(() => this.#outbox.nextDueAt(channel, after))
  }

  outboxChannels(): readonly string[] {
    return this.#guarded(() => this.#outbox.channels())
  }

  readDueTimers(until: number, limit: number, share?: TimerShare): readonly DueTimer[] {
    return this.#guarded(() => this.#reader.readDueTimers(until, limit, share))
  }

  nextWakeAt(share?: TimerShare): number | undefined {
    return this.#guarded(() => this.#reader.nextWakeAt(share))
  }

  readPositions(channel: string): ReadonlyMap<string, number> {
    return this.#guarded(() => this.#positions.read(channel))
  }

  savePositions(channel: string, positions: ReadonlyMap<string, number>): void {
    this.#inTransaction(() => this.#positions.save(channel, positions))
  }

  putDeadLetters(letters: readonly NewDeadLetter[]): void {
    this.#inTransaction(() => this.#deadLetters.put(letters))
  }

  listDeadLetters(query: {
    readonly channel?: string
    readonly before?: number
    readonly limit: number
  }): readonly DeadLetter[] {
    const { channel, before = Number.MAX_SAFE_INTEGER, limit } = query
    return this.#guarded(() => this.#deadLetters.list(channel, before, limit))
  }

  readDeadLetters(numbers: readonly number[]): readonly DeadLetter[] {
    return this.#guarded(() => this.#deadLetters.read(numbers))
  }

  removeDeadLetters(numbers: readonly number[]): number {
    return this.#inTransaction(() => this.#deadLetters.remove(numbers))
  }

  countDeadLetters(): ReadonlyMap<string, number> {
    return this.#guarded(() => this.#deadLetters.counts())
  }

  readFinishedBefore(time: number, limit: number): readonly Execution[] {
    return this.#guarded(() => this.#retired.readFinishedBefore(time, limit))
  }

  deleteExecutions(ids: readonly string[]): readonly string[] {
    return this.#inTransaction(() => this.#retired.delete(ids))
  }

  listExecutions(query: ExecutionQuery): ExecutionPage {
    return this.#guarded(() => this.#listing.list(query))
  }

  countExecutions(filter: ExecutionFilter): number {
    return this.#guarded(() => this.#listing.count(filter))
  }

  flowCounts(flow?: string): ReadonlyMap<string, FlowCounts> {
    return this.#guarded(() => this.#counts.flowCounts(flow))
  }

  nodeCounts(flow: string): ReadonlyMap<string, number> {
    return this.#guarded(() => this.#counts.nodeCounts(flow))
  }

  findUnwakeable(limit: number): readonly string[] {
    return this.#guarded(() => this.#reader.findUnwakeable(limit))
  }

  publishFlow(version: NewFlowVersion): FlowVersion {
    return this.#guarded(() => this.#flows.publish(version))
  }

  readFlowVersion(flow: string, version: number): FlowVersion | undefined {
    return this.#guarded(() => this.#flows.read(flow, version))
  }

  listFlowVersions(flow: string): readonly FlowVersion[] {
    return this.#guarded(() => this.#flows.readVersions(flow))
  }

  listFlows(): readonly FlowRecord[] {
    return this.#guarded(() => this.#flows.readFlows())
  }

  listFlowHeads(): readonly FlowHead[] {
    return this.#guarded(() => this.#flows.readHeads())
  }

  setFlowStatus(flow: string, status: FlowStatus): void {
    this.#guarded(() => this.#flows.setStatus(flow, status))
  }

  probe(): void {
    this.#guarded(() => this.#writeProbe.run())
  }

  close(): void {
    guarded(this.#path, () => this.#opened.close())
  }

  #inTransaction<T>(work: () => T): T {
    return this.#guarded(() => this.#transaction.run(work))
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
