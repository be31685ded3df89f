import type { ChannelTrouble, WorkQueue } from '../channel/channel.ts'
import type { Answer } from '../kernel/model/decision.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import type { Flow } from '../kernel/model/flow.ts'
import type { Json, JsonObject } from '../kernel/model/json.ts'
import type { Replica } from '../store/sharing.ts'
import type {
  ExecutionFilter,
  ExecutionPage,
  ExecutionQuery,
  FlowCounts,
  FlowRecord,
  FlowStatus,
  FlowVersion,
  JournalPage,
} from '../store/store.ts'
import type { DeadLetterDirectory } from './dead-letters.ts'

/**
 * The engine as its callers (HTTP, CLI, tests) see it. Every promise that writes is fulfilled after
 * the write is durable. Failures are `SignalboxError`s with a code of the catalogue.
 */
export interface Engine {
  /** Loads flows, brings back timers and the outbox, starts the channels. */
  start(): Promise<void>
  /** Refuses new messages, ends what is under way, closes the channels; the store stays open. */
  stop(graceMs: number): Promise<void>

  readonly flows: FlowDirectory
  readonly executions: ExecutionDirectory
  readonly deadLetters: DeadLetterDirectory
  /** Throws CHANNEL_NOT_FOUND, CHANNEL_NOT_A_QUEUE. A channel only named is made a queue channel. */
  queue(channel: string): WorkQueue
  channels(): readonly ChannelStatus[]

  /**
   * Calls the listener after each commit, once per changed execution; with `elsewhere`, of other
   * replicas too (for as long as the question is answered by yes). Returns the way to end it.
   */
  subscribe(
    listener: (change: ExecutionChange) => void,
    options?: { readonly elsewhere?: () => boolean },
  ): () => void
  stats(): EngineStats
}

export interface FlowDirectory {
  /**
   * Compiles and stores a version. The text of the newest version again makes no new one.
   * Throws FLOW_INVALID with `details.diagnostics`.
   */
  publish(request: PublishRequest): Promise<PublishedFlow>
  /** Throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND. Without a version: the newest. */
  get(flow: string, version?: number): Promise<CompiledVersion>
  list(): Promise<readonly FlowRecord[]>
  versions(flow: string): Promise<readonly FlowVersion[]>
  counts(flow?: string): Promise<ReadonlyMap<string, FlowCounts>>
  nodeCounts(flow: string): Promise<ReadonlyMap<string, number>>
  setStatus(flow: string, status: FlowStatus): Promise<void>
}

export interface PublishRequest {
  readonly text: string
  readonly format?: 'yaml' | 'json'
  readonly fileName?: string
  readonly actor: string
}

export interface PublishedFlow {
  readonly version: FlowVersion
  readonly created: boolean
  /** Warnings and hints; errors are thrown. Of `src/flow`'s type Diagnostic. */
  readonly diagnostics: readonly unknown[]
}

export interface CompiledVersion {
  readonly record: FlowVersion
  readonly flow: Flow
}

export interface ExecutionDirectory {
  /** `created: false` when the id exists already for this flow: nothing was changed. */
  start(
    request: StartRequest,
  ): Promise<{ readonly execution: Execution; readonly created: boolean }>
  /** Throws EXECUTION_NOT_FOUND. */
  get(id: string): Promise<Execution>
  /** Answers when the execution has ended, at the latest after `waitMs`, or when aborted. */
  waitUntilFinished(id: string, waitMs: number, signal?: AbortSignal): Promise<Execution>
  applyEvent(request: EventRequest): Promise<EventAnswer>
  /** The execution that `{ flow, key }` addresses. Throws EXECUTION_NOT_FOUND. */
  resolveKey(flow: string, key: string): Promise<string>
  /** `messageId` makes it idempotent: the same id again changes nothing. */
  act(id: string, act: OperatorAct, messageId?: string): Promise<Execution>
  list(query: ExecutionQuery): Promise<ExecutionPage>
  count(filter: ExecutionFilter): Promise<number>
  journal(
    id: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<JournalPage>
  /** The execution as of fact number `at`: a fold of its first facts. */
  asOf(id: string, at: number): Promise<Execution>
}

export interface StartRequest {
  readonly flow: string
  readonly version?: number
  /** Made by the engine if absent: time-ordered (UUIDv7). */
  readonly id?: string
  readonly key?: string
  readonly input?: JsonObject
  readonly actor?: string
  /** The sender's W3C trace context. */
  readonly traceparent?: string
}

export interface EventRequest {
  readonly executionId: string
  readonly event: string
  readonly data?: Json
  /** Makes it idempotent: the same id again gives the first answer. */
  readonly messageId?: string
}

export interface EventAnswer {
  readonly answer: Answer
  readonly execution: Execution
}

export type OperatorAct = { readonly actor: string; readonly reason: string } & (
  | { readonly kind: 'retry'; readonly data?: Json }
  | { readonly kind: 'skip' | 'cancel' | 'pause' | 'resume' }
  | { readonly kind: 'roll-back'; readonly target?: string }
  | { readonly kind: 'move'; readonly node: string }
)

export interface ExecutionChange {
  readonly execution: Execution
  /** What was committed here; empty when another replica did it. */
  readonly facts: readonly Fact[]
  readonly isElsewhere: boolean
  readonly created: boolean
  readonly finished: boolean
  /** An incident was raised or resolved. */
  readonly incidentChanged: boolean
}

export interface ChannelStatus {
  readonly name: string
  readonly type: string
  readonly held: number
  /** Absent: it works; else since when it does not, and why. */
  readonly trouble?: ChannelTrouble
  readonly workers: readonly {
    readonly worker: string
    readonly lastSeenAt: number
    readonly leased: number
  }[]
}

export interface EngineStats {
  readonly startedAt: number
  readonly inboundMessages: number
  readonly cachedExecutions: number
  readonly commits: number
  /** Writes that were decided anew, because another writer was first. */
  readonly conflicts: number
  readonly messages: number
  /** Since when the turn that is running has been running; absent: none is. */
  readonly turnSince?: number
  readonly stopping: boolean
  readonly nextWakeAt?: number
  /** When the last commit was, if it failed. */
  readonly commitFailedAt?: number
  /** This replica, and all whose lease had not ended at the last look; absent in a store of one's own. */
  readonly cluster?: {
    readonly replica: string
    readonly replicas: readonly Replica[]
    /** False: the lease could not be prolonged in time, and nothing new is handed out. */
    readonly hasLease: boolean
  }
}
