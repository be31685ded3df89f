import { type Execution, isFinished } from '../../kernel/model/execution.ts'
import type { Json } from '../../kernel/model/json.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { TimerShare } from '../sharing.ts'
import type {
  DeadLetter,
  DueTimer,
  ExecutionFilter,
  ExecutionPage,
  ExecutionQuery,
  ExecutionWrite,
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
  Store,
  WriteResult,
} from '../store.ts'
import { filterOf } from './execution-filter.ts'
import { closedStore } from './closed-store.ts'
import { type MemoryContents, createMemoryContents } from './memory-contents.ts'
import type { Stored } from './memory-executions.ts'
import type { MemorySharing } from './memory-sharing.ts'

/** Opens a store that forgets everything when the process ends; for trying out and for tests. */
export async function openMemoryStore(): Promise<Store> {
  return new MemoryStore(createMemoryContents())
}

/** A store on contents of its own, or, with `sharing`, on contents that others stand on too. */
export class MemoryStore implements Store {
  readonly name = 'memory'
  readonly #contents: MemoryContents
  readonly #sharing: MemorySharing | undefined
  #isClosed = false

  constructor(contents: MemoryContents, sharing?: MemorySharing) {
    this.#contents = contents
    this.#sharing = sharing
  }

  async commit(writes: readonly ExecutionWrite[]): Promise<readonly WriteResult[]> {
    this.#assertOpen()
    // A copy, so that nobody holds what is stored; and all copies first, so that what cannot be
    // copied leaves nothing behind.
    return writes.map(copyOf).map((write) => this.#write(write))
  }

  async readExecutions(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>> {
    this.#assertOpen()
    const stored = ids
      .map((id) => this.#contents.executions.get(id))
      .filter((entry) => entry !== undefined)
    return new Map(stored.map(({ execution }) => [execution.id, execution]))
  }

  async readInbox(keys: readonly InboxKey[]): Promise<readonly (Json | undefined)[]> {
    this.#assertOpen()
    return keys.map(({ executionId, messageId }) =>
      this.#contents.executions.get(executionId)?.answersByMessage.get(messageId),
    )
  }

  async findByKey(flow: string, key: string): Promise<string | undefined> {
    this.#assertOpen()
    return this.#contents.executions.findByKey(flow, key)
  }

  async readJournal(
    executionId: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<JournalPage> {
    this.#assertOpen()
    const all = this.#contents.executions.get(executionId)?.facts ?? []
    const facts = all
      .slice(after, after + limit)
      .map((fact, index) => ({ sequence: after + index + 1, fact }))
    const last = facts.at(-1)?.sequence
    return last !== undefined && last < all.length ? { facts, next: last } : { facts }
  }

  async readOutbox(query: {
    readonly channel: string
    readonly after: number
    readonly dueBy: number
    readonly limit: number
  }): Promise<readonly OutboxCommand[]> {
    this.#assertOpen()
    return this.#contents.outbox.readDue(query.channel, query.after, query.dueBy, query.limit)
  }

  async readOutboxCommands(ids: readonly string[]): Promise<readonly OutboxCommand[]> {
    this.#assertOpen()
    return ids
      .map((id) => this.#contents.outbox.read(id))
      .filter((command) => command !== undefined)
  }

  async nextDueAt(channel: string, after: number): Promise<number | undefined> {
    this.#assertOpen()
    return this.#contents.outbox.nextDueAt(channel, after)
  }

  async outboxChannels(): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#contents.outbox.channels()
  }

  async readDueTimers(
    until: number,
    limit: number,
    share?: TimerShare,
  ): Promise<readonly DueTimer[]> {
    this.#assertOpen()
    return this.#contents.executions.dueTimers(until, limit, share)
  }

  async nextWakeAt(share?: TimerShare): Promise<number | undefined> {
    this.#assertOpen()
    return this.#contents.executions.nextWakeAt(share)
  }

  async readPositions(channel: string): Promise<ReadonlyMap<string, number>> {
    this.#assertOpen()
    return this.#contents.positions.read(channel)
  }

  async savePositions(channel: string, positions: ReadonlyMap<string, number>): Promise<void> {
    this.#assertOpen()
    this.#contents.positions.save(channel, positions)
  }

  async putDeadLetters(letters: readonly NewDeadLetter[]): Promise<void> {
    this.#assertOpen()
    this.#contents.deadLetters.put(letters)
  }

  async listDeadLetters(query: {
    readonly channel?: string
    readonly before?: number
    readonly limit: number
  }): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    const { channel, before = Infinity, limit } = query
    return this.#contents.deadLetters.list(channel, before, limit)
  }

  async readDeadLetters(numbers: readonly number[]): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    return this.#contents.deadLetters.read(numbers)
  }

  async removeDeadLetters(numbers: readonly number[]): Promise<number> {
    this.#assertOpen()
    return this.#contents.deadLetters.remove(numbers)
  }

  async countDeadLetters(): Promise<ReadonlyMap<string, number>> {
    this.#assertOpen()
    return this.#contents.deadLetters.counts()
  }

  async readFinishedBefore(time: number, limit: number): Promise<readonly Execution[]> {
    this.#assertOpen()
    return this.#contents.executions.finishedBefore(time, limit)
  }

  async deleteExecutions(ids: readonly string[]): Promise<readonly string[]> {
    this.#assertOpen()
    return ids.filter((id) => this.#delete(id))
  }

  async listExecutions(query: ExecutionQuery): Promise<ExecutionPage> {
    this.#assertOpen()
    const { sort, limit } = query
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, sort)
    const isListed = filterOf(query.filter)
    const items: Execution[] = []
    if (limit <= 0) return { items }
    let last = { major: 0, minor: 0 }
    for (const entry of this.#inOrder(sort, cursor)) {
      const stored = this.#contents.executions.get(entry.id)
      if (stored === undefined || !isListed(stored)) continue
      if (items.length === limit) {
        return { items, nextCursor: encodeCursor({ sort, time: last.major, number: last.minor }) }
      }
      items.push(stored.execution)
      last = entry
    }
    return { items }
  }

  async countExecutions(filter: ExecutionFilter): Promise<number> {
    this.#assertOpen()
    const isCounted = filterOf(filter)
    let count = 0
    for (const { id } of this.#contents.executions.byStart.after()) {
      const stored = this.#contents.executions.get(id)
      if (stored !== undefined && isCounted(stored)) count++
    }
    return count
  }

  async flowCounts(flow?: string): Promise<ReadonlyMap<string, FlowCounts>> {
    this.#assertOpen()
    return this.#contents.counts.flowCounts(flow)
  }

  async nodeCounts(flow: string): Promise<ReadonlyMap<string, number>> {
    this.#assertOpen()
    return this.#contents.counts.nodeCounts(flow)
  }

  async findUnwakeable(limit: number): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#contents.executions.unwakeable(limit)
  }

  async publishFlow(version: NewFlowVersion): Promise<FlowVersion> {
    this.#assertOpen()
    return this.#contents.flows.publish(version)
  }

  async readFlowVersion(flow: string, version: number): Promise<FlowVersion | undefined> {
    this.#assertOpen()
    return this.#contents.flows.read(flow, version)
  }

  async listFlowVersions(flow: string): Promise<readonly FlowVersion[]> {
    this.#assertOpen()
    return this.#contents.flows.readVersions(flow)
  }

  async listFlows(): Promise<readonly FlowRecord[]> {
    this.#assertOpen()
    return this.#contents.flows.readFlows()
  }

  async listFlowHeads(): Promise<readonly FlowHead[]> {
    this.#assertOpen()
    return this.#contents.flows.readHeads()
  }

  async setFlowStatus(flow: string, status: FlowStatus): Promise<void> {
    this.#assertOpen()
    this.#contents.flows.setStatus(flow, status)
  }

  async probe(): Promise<void> {
    this.#assertOpen()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#sharing?.close()
  }

  /** Takes one write in whole, or leaves it out whole: first look, then write. */
  #write(write: ExecutionWrite): WriteResult {
    const before = this.#contents.executions.get(write.execution.id)
    if ((before?.execution.revision ?? 0) !== write.expectedRevision) return { kind: 'conflict' }
    if (hasDuplicate(write, before)) return { kind: 'duplicate' }
    if (this.#isKeyTaken(write)) return { kind: 'key-taken' }
    const stored = this.#contents.executions.put(write)
    this.#contents.counts.replace(before?.execution, stored.execution)
    if (this.#sharing !== undefined) return this.#sharing.changeOutbox(write)
    return { kind: 'committed', outboxSequences: this.#contents.outbox.change(write.outbox) }
  }

  #delete(id: string): boolean {
    const { executions, counts } = this.#contents
    const stored = executions.get(id)
    if (stored === undefined || !isFinished(stored.execution)) return false
    if (stored.commandIds.size > 0) return false
    executions.delete(stored)
    counts.remove(stored.execution)
    return true
  }

  #isKeyTaken({ execution, uniqueKey }: ExecutionWrite): boolean {
    if (uniqueKey === undefined || isFinished(execution)) return false
    const owner = this.#contents.executions.ownerOfUniqueKey(execution.flow, uniqueKey)
    return owner !== undefined && owner !== execution.id
  }

  #inOrder(sort: ExecutionQuery['sort'], cursor: ReturnType<typeof decodeCursor> | undefined) {
    const index = sort.endsWith('startedAt')
      ? this.#contents.executions.byStart
      : this.#contents.executions.byUpdate
    const position = cursor === undefined ? undefined : { major: cursor.time, minor: cursor.number }
    return sort.startsWith('-') ? index.before(position) : index.after(position)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedStore()
  }
}

function hasDuplicate({ inbox }: ExecutionWrite, before: Stored | undefined): boolean {
  const ids = new Set(inbox.map(({ messageId }) => messageId))
  return ids.size < inbox.length || [...ids].some((id) => before?.answersByMessage.has(id) === true)
}

function copyOf(write: ExecutionWrite): ExecutionWrite {
  const copy: ExecutionWrite = JSON.parse(JSON.stringify(write))
  return copy
}
