import type { CommandPurpose, Execution, Status } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import type { FlowKind } from '../kernel/model/flow.ts'
import type { Json } from '../kernel/model/json.ts'
import type { Sharing, TimerShare } from './sharing.ts'

/**
 * The Store port. It is shaped like decisions, not like tables: there is one verb that writes what
 * the kernel decided, so that no adapter can get a rule wrong. Every adapter passes the suite in
 * `contract.ts`.
 *
 * What every store promises:
 * - S1 `commit` is one transaction: after a crash either all of its committed writes are there, with
 *   facts, snapshot, outbox, inbox, timer and searchable row, or none of them is.
 * - S2 A write whose `expectedRevision` is not the stored revision is left out whole, and told.
 * - S3 When `commit` has answered, a crash of process or machine loses nothing (memory: by design).
 * - S4 Reads see every commit that was answered before they began.
 * - S5 Outbox rows are read in the order in which they were put.
 */
export interface Store {
  readonly name: 'memory' | 'sqlite' | 'postgres'
  /** How many commits it carries out beside each other with profit; absent: one after the other. */
  readonly commitsAtOnce?: number
  /** Present where several processes may use the store at once. */
  readonly sharing?: Sharing

  /** Writes what the kernel decided, in one transaction; answers per write, in order. */
  commit(writes: readonly ExecutionWrite[]): Promise<readonly WriteResult[]>

  /** The stored executions of these ids; unknown ids are absent. */
  readExecutions(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>>
  /** The answers recorded for messages that were applied before. */
  readInbox(keys: readonly InboxKey[]): Promise<readonly (Json | undefined)[]>
  /** The newest unfinished execution of a flow with this business key, else the newest of all. */
  findByKey(flow: string, key: string): Promise<string | undefined>
  /** Facts from number `after` + 1 on, in order; `next` is absent at the end. */
  readJournal(
    executionId: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<JournalPage>

  /** Outbox rows of a channel with `sequence` > `after` that are due by `dueBy`, in order. */
  readOutbox(query: {
    readonly channel: string
    readonly after: number
    readonly dueBy: number
    readonly limit: number
  }): Promise<readonly OutboxCommand[]>
  /** These outbox rows, as far as they are there. */
  readOutboxCommands(ids: readonly string[]): Promise<readonly OutboxCommand[]>
  /** The earliest `dueAt` after `after` in a channel's outbox. */
  nextDueAt(channel: string, after: number): Promise<number | undefined>
  /** The channels that have outbox rows. */
  outboxChannels(): Promise<readonly string[]>

  /** Executions with a timer at or before `until`, earliest first; of a share only, if given. */
  readDueTimers(until: number, limit: number, share?: TimerShare): Promise<readonly DueTimer[]>
  /** The earliest timer of all, or of a share. */
  nextWakeAt(share?: TimerShare): Promise<number | undefined>

  /** Per source (see `Origin`): the position up to which, and including which, all was settled. */
  readPositions(channel: string): Promise<ReadonlyMap<string, number>>
  /** A position never goes back: a lower one than the stored is left out. */
  savePositions(channel: string, positions: ReadonlyMap<string, number>): Promise<void>

  /** Stores messages that cannot be applied; the same channel, source and position only once. */
  putDeadLetters(letters: readonly NewDeadLetter[]): Promise<void>
  /** The newest first; `before` is the number of the last one of the page before. */
  listDeadLetters(query: {
    readonly channel?: string
    readonly before?: number
    readonly limit: number
  }): Promise<readonly DeadLetter[]>
  readDeadLetters(numbers: readonly number[]): Promise<readonly DeadLetter[]>
  /** Answers how many were there. */
  removeDeadLetters(numbers: readonly number[]): Promise<number>
  /** By channel. */
  countDeadLetters(): Promise<ReadonlyMap<string, number>>

  /** Finished executions that ended before this time, earliest end first. */
  readFinishedBefore(time: number, limit: number): Promise<readonly Execution[]>
  /** Deletes executions with journal, inbox and search terms; those not finished, or with rows in the
   * outbox, stay. Answers which were deleted. */
  deleteExecutions(ids: readonly string[]): Promise<readonly string[]>

  listExecutions(query: ExecutionQuery): Promise<ExecutionPage>
  countExecutions(filter: ExecutionFilter): Promise<number>
  /** Per flow: executions by status, and when one last changed. */
  flowCounts(flow?: string): Promise<ReadonlyMap<string, FlowCounts>>
  /** Unfinished executions per node of one flow. */
  nodeCounts(flow: string): Promise<ReadonlyMap<string, number>>
  /**
   * The liveness ledger: unfinished executions that nothing could wake, because they have no timer,
   * no outbox row, and wait neither for an event nor for a person. Must be empty.
   */
  findUnwakeable(limit: number): Promise<readonly string[]>

  /** Stores a version; answers the one stored before if the newest has the same hash. */
  publishFlow(version: NewFlowVersion): Promise<FlowVersion>
  readFlowVersion(flow: string, version: number): Promise<FlowVersion | undefined>
  listFlowVersions(flow: string): Promise<readonly FlowVersion[]>
  /** Every flow with its newest version and whether it accepts starts. */
  listFlows(): Promise<readonly FlowRecord[]>
  /** The same without the texts: what a replica looks at several times a second. */
  listFlowHeads(): Promise<readonly FlowHead[]>
  setFlowStatus(flow: string, status: FlowStatus): Promise<void>

  /** Proves that the store can be written to now; throws STORE_UNAVAILABLE. */
  probe(): Promise<void>
  close(): Promise<void>
}

/** What one execution's messages of a batch led to. */
export interface ExecutionWrite {
  /** As it is after `facts`. What it began with never changes: id, flow, kind, key, start, input. */
  readonly execution: Execution
  /** The revision that the facts follow; 0 for a new execution. */
  readonly expectedRevision: number
  readonly facts: readonly Fact[]
  /** When the earliest timer is due; absent: nothing to wake up for. */
  readonly wakeAt?: number
  /** Unique among unfinished executions; absent when the flow does not ask for it, or at the end. */
  readonly uniqueKey?: string
  /** Values of state found by `q`; changes rarely, so absent means unchanged. */
  readonly searchTerms?: readonly string[]
  /** Waits for an event: for the liveness ledger. */
  readonly waitsForEvent: boolean
  readonly outbox: OutboxChanges
  readonly inbox: readonly { readonly messageId: string; readonly answer: Json }[]
}

/** Carried out in the order remove, postpone, put; each command is named at most once in a list. */
export interface OutboxChanges {
  readonly put: readonly PutCommand[]
  readonly postpone: readonly {
    readonly commandId: string
    readonly dueAt: number
    readonly attempt: number
  }[]
  readonly remove: readonly string[]
  /** Of those removed, the ones that may be on their way to a receiver: see S10 in `sharing.ts`. */
  readonly withdraw?: readonly string[]
}

export type WriteResult =
  | {
      readonly kind: 'committed'
      readonly outboxSequences: readonly number[]
      /** Shared stores: which of the commands put were claimed. */
      readonly claimed?: readonly boolean[]
      /**
       * Shared stores: channels in which this write has made rows of its execution claimable that
       * nobody has claimed.
       */
      readonly unclaimedChannels?: readonly string[]
    }
  /** Another writer was first: read again, decide again. */
  | { readonly kind: 'conflict' }
  /** `uniqueKey` belongs to another unfinished execution. */
  | { readonly kind: 'key-taken' }
  /** A message of this write was applied before. */
  | { readonly kind: 'duplicate' }

export interface NewOutboxCommand {
  /** `<execution id>:<n>`; put again while it is there, it replaces the row. */
  readonly commandId: string
  readonly executionId: string
  readonly key?: string
  readonly flow: string
  readonly channel: string
  readonly command: string
  readonly purpose: CommandPurpose
  readonly data: Json
  readonly attempt: number
  readonly dueAt: number
}

/** A command on its way into the outbox. */
export interface PutCommand extends NewOutboxCommand {
  /** Shared stores: claims it for this replica, if S7 allows. Others pay no attention. */
  readonly claim?: true
}

export interface OutboxCommand extends NewOutboxCommand {
  /** Grows with every row put; the order of delivery within an execution. */
  readonly sequence: number
  /** Shared stores: somebody works on it until then, wherever that was said. */
  readonly reservedUntil?: number
}

/** A message from outside that cannot be applied, as it came. */
export interface NewDeadLetter {
  readonly channel: string
  readonly source: string
  readonly position: number
  readonly receivedAt: number
  /** A code of the errors' catalogue. */
  readonly code: string
  readonly detail: string
  /** Text, or base64 where the bytes are no UTF-8. */
  readonly key?: string
  readonly value: string
  readonly encoding: 'utf8' | 'base64'
  readonly headers: Readonly<Record<string, string>>
}

export interface DeadLetter extends NewDeadLetter {
  readonly number: number
}

export interface InboxKey {
  readonly executionId: string
  readonly messageId: string
}

export interface JournalPage {
  readonly facts: readonly { readonly sequence: number; readonly fact: Fact }[]
  readonly next?: number
}

export interface DueTimer {
  readonly executionId: string
  readonly wakeAt: number
}

/** Times are bounds that do not belong to the range themselves. */
export interface ExecutionFilter {
  readonly flow?: string
  readonly version?: number
  readonly status?: readonly Status[]
  readonly node?: string
  readonly stage?: string
  readonly key?: string
  /** Matches id or key exactly, or the beginning of a search term, without regard to case. */
  readonly q?: string
  readonly startedAfter?: number
  readonly startedBefore?: number
  readonly updatedAfter?: number
  readonly updatedBefore?: number
  /** Has an incident (finished executions can have one too). */
  readonly incident?: boolean
}

export interface ExecutionQuery {
  readonly filter: ExecutionFilter
  readonly sort: 'startedAt' | '-startedAt' | 'updatedAt' | '-updatedAt'
  readonly limit: number
  /** Opaque, from the page before. A malformed one throws CURSOR_INVALID. */
  readonly cursor?: string
}

export interface ExecutionPage {
  readonly items: readonly Execution[]
  readonly nextCursor?: string
}

export interface FlowCounts {
  readonly byStatus: Readonly<Partial<Record<Status, number>>>
  readonly incidents: number
  readonly lastActivityAt?: number
}

export interface NewFlowVersion {
  readonly flow: string
  readonly kind: FlowKind
  readonly title?: string
  readonly hash: string
  readonly text: string
  readonly format: 'yaml' | 'json'
  readonly publishedAt: number
  readonly publishedBy: string
}

export interface FlowVersion extends NewFlowVersion {
  readonly version: number
}

/** `paused`: no new executions for now; `retired`: for good. Running ones go on. */
export type FlowStatus = 'active' | 'paused' | 'retired'

export interface FlowHead {
  readonly flow: string
  readonly status: FlowStatus
  readonly version: number
}

export interface FlowRecord {
  readonly flow: string
  readonly status: FlowStatus
  readonly newest: FlowVersion
}
