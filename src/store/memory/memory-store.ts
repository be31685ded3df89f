import { type Execution, isFinished } from '../../kernel/model/execution.ts'
import type { Json } from '../../kernel/model/json.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
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
import { filterOf } from './execution-filter.ts'
import { MemoryCounts } from './memory-counts.ts'
import { MemoryExecutions, type Stored } from './memory-executions.ts'
import { MemoryFlows } from './memory-flows.ts'
import { MemoryOutbox } from './memory-outbox.ts'

/** Opens a store that forgets everything when the process ends; for trying out and for tests. */
export async function openMemoryStore(): Promise<Store> {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly name = 'memory'
  readonly #executions = new MemoryExecutions()
  readonly #outbox = new MemoryOutbox()
  readonly #counts = new MemoryCounts()
  readonly #flows = new MemoryFlows()
  #isClosed = false

  async commit(writes: readonly ExecutionWrite[]): Promise<readonly WriteResult[]> {
    this.#assertOpen()
    // A copy, so that nobody holds what is stored; and all copies first, so that what cannot be
    // copied leaves nothing behind.
    return writes.map(copyOf).map((write) => this.#write(write))
  }

  async readExecutions(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>> {
    this.#assertOpen()
    const stored = ids.map((id) => this.#executions.get(id)).filter((entry) => entry !== undefined)
    return new Map(stored.map(({ execution }) => [execution.id, execution]))
  }

  async readInbox(keys: readonly InboxKey[]): Promise<readonly (Json | undefined)[]> {
    this.#assertOpen()
    return keys.map(({ executionId, messageId }) =>
      this.#executions.get(executionId)?.answersByMessage.get(messageId),
    )
  }

  async findByKey(flow: string, key: string): Promise<string | undefined> {
    this.#assertOpen()
    return this.#executions.findByKey(flow, key)
  }

  async readJournal(
    executionId: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<JournalPage> {
    this.#assertOpen()
    const all = this.#executions.get(executionId)?.facts ?? []
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
    return this.#outbox.readDue(query.channel, query.after, query.dueBy, query.limit)
  }

  async readOutboxCommands(ids: readonly string[]): Promise<readonly OutboxCommand[]> {
    this.#assertOpen()
    return ids.map((id) => this.#outbox.read(id)).filter((command) => command !== undefined)
  }

  async nextDueAt(channel: string, after: number): Promise<number | undefined> {
    this.#assertOpen()
    return this.#outbox.nextDueAt(channel, after)
  }

  async outboxChannels(): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#outbox.channels()
  }

  async readDueTimers(until: number, limit: number): Promise<readonly DueTimer[]> {
    this.#assertOpen()
    return this.#executions.dueTimers(until, limit)
  }

  async nextWakeAt(): Promise<number | undefined> {
    this.#assertOpen()
    return this.#executions.nextWakeAt()
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
      const stored = this.#executions.get(entry.id)
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
    for (const { id } of this.#executions.byStart.after()) {
      const stored = this.#executions.get(id)
      if (stored !== undefined && isCounted(stored)) count++
    }
    return count
  }

  async flowCounts(flow?: string): Promise<ReadonlyMap<string, FlowCounts>> {
    this.#assertOpen()
    return this.#counts.flowCounts(flow)
  }

  async nodeCounts(flow: string): Promise<ReadonlyMap<string, number>> {
    this.#assertOpen()
    return this.#counts.nodeCounts(flow)
  }

  async findUnwakeable(limit: number): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#executions.unwakeable(limit)
  }

  async publishFlow(version: NewFlowVersion): Promise<FlowVersion> {
    this.#assertOpen()
    return this.#flows.publish(version)
  }

  async readFlowVersion(flow: string, version: number): Promise<FlowVersion | undefined> {
    this.#assertOpen()
    return this.#flows.read(flow, version)
  }

  async listFlowVersions(flow: string): Promise<readonly FlowVersion[]> {
    this.#assertOpen()
    return this.#flows.readVersions(flow)
  }

  async listFlows(): Promise<readonly FlowRecord[]> {
    this.#assertOpen()
    return this.#flows.readFlows()
  }

  async setFlowStatus(flow: string, status: FlowStatus): Promise<void> {
    this.#assertOpen()
    this.#flows.setStatus(flow, status)
  }

  async probe(): Promise<void> {
    this.#assertOpen()
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  /** Takes one write in whole, or leaves it out whole: first look, then write. */
  #write(write: ExecutionWrite): WriteResult {
    const before = this.#executions.get(write.execution.id)
    if ((before?.execution.revision ?? 0) !== write.expectedRevision) return { kind: 'conflict' }
    if (hasDuplicate(write, before)) return { kind: 'duplicate' }
    if (this.#isKeyTaken(write)) return { kind: 'key-taken' }
    const stored = this.#executions.put(write)
    this.#counts.replace(before?.execution, stored.execution)
    return { kind: 'committed', outboxSequences: this.#outbox.change(write.outbox) }
  }

  #isKeyTaken({ execution, uniqueKey }: ExecutionWrite): boolean {
    if (uniqueKey === undefined || isFinished(execution)) return false
    const owner = this.#executions.ownerOfUniqueKey(execution.flow, uniqueKey)
    return owner !== undefined && owner !== execution.id
  }

  #inOrder(sort: ExecutionQuery['sort'], cursor: ReturnType<typeof decodeCursor> | undefined) {
    const index = sort.endsWith('startedAt') ? this.#executions.byStart : this.#executions.byUpdate
    const position = cursor === undefined ? undefined : { major: cursor.time, minor: cursor.number }
    return sort.startsWith('-') ? index.before(position) : index.after(position)
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new SignalboxError('STORE_UNAVAILABLE', 'Expected an open store, found it closed.')
    }
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
