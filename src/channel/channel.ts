import type { Json } from '../kernel/model/json.ts'
import type { Origin } from '../kernel/model/origin.ts'
import type { NewDeadLetter, OutboxCommand } from '../store/store.ts'

/**
 * The Channel port: a named connection on which commands go out and events come in. Every adapter
 * passes the suite in `contract.ts`.
 *
 * What every channel promises:
 * - C1 A command is delivered at least once, always with the same id, until it is settled.
 * - C2 Commands of one execution leave in the order in which they were delivered to it: a later one is
 *   not handed out while an earlier one waits or is being attempted. (`also` commands hold nobody up
 *   and wait for nobody.)
 * - C3 Each attempt ends in exactly one report, unless the command was withdrawn or the process ends.
 * - C4 A withdrawn command whose attempt has not begun is never handed out.
 * - C5 What it holds in memory is bounded by the window it declares.
 */
export interface Channel {
  readonly name: string
  readonly type: 'queue' | 'http' | 'kafka'
  /** How many commands it wants to hold at most; the engine keeps the rest in the store. */
  readonly windowCommands: number
  start(host: ChannelHost): Promise<void>
  /**
   * Takes commands over; they are due now and already stored. What it holds already is not held twice.
   * Never blocks, never throws.
   */
  deliver(commands: readonly OutboxCommand[]): void
  /**
   * Closes commands: they are settled or given up.
   *
   * @param isAnswered their results were taken by another replica, so nobody is waited for any more
   */
  withdraw(commandIds: readonly string[], isAnswered?: boolean): void
  /** How many commands are held: waiting or under way. */
  held(): number
  /** Whether this command is held: an attempt that was withdrawn may still be under way. */
  holds(commandId: string): boolean
  /**
   * What it could use now. Where several replicas serve a channel, each takes no more than that, so
   * that no command waits here while somebody elsewhere would carry it out.
   */
  demand(): Demand
  /** Absent: it works, as far as is known. */
  trouble(): ChannelTrouble | undefined
  /**
   * Of what it holds, commands not begun that nobody here asks for: other replicas may have them. With
   * each come those behind it in its execution's line.
   */
  surplus(): readonly string[]
  /**
   * Nothing new is begun from now on. Ends after attempts under way in this process have ended, or at
   * the deadline; what workers have leased is theirs, and their results are still taken. Again: the
   * same end.
   */
  stop(graceMs: number): Promise<void>
}

export interface ChannelTrouble {
  readonly since: number
  /** A sentence: what was expected, what was found. */
  readonly detail: string
}

export interface Demand {
  readonly max: number
  /** Only these commands; absent: all. */
  readonly commands?: readonly string[]
}

/** What a channel may ask of the engine. */
export interface ChannelHost {
  readonly now: () => number
  /** Passes on what came of attempts; answers when it is durable. Rejects only when stopping. */
  report(reports: readonly DeliveryReport[]): Promise<readonly ReportAnswer[]>
  /** Says that there is room again, so that the engine can bring commands from the store. */
  roomAgain(): void
  /**
   * To be asked before anything is handed out: false while this replica has no lease, so that others
   * may have what is held here.
   */
  mayHandOut(): boolean
  /** Says that somebody asks for commands that the channel does not hold: the demand has grown. */
  demandGrew(): void
  /**
   * Before a command is handed out once more whose lease ran out: other replicas take results and
   * prolong leases too. Per command until when somebody works on it (0: nobody); absent: it is closed.
   */
  confirm(commandIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Says that somebody works on commands that this replica does not hold; answers those that are open. */
  reserve(commandIds: readonly string[], until: number): Promise<readonly string[]>
  /**
   * Passes on events that were read from ordered logs; answers when they are durable. Those of one
   * execution and source are passed on in order, the next after the answer to the one before.
   * Rejects when the store is away or the engine stops: then nothing is known, and all come again.
   */
  receive(events: readonly InboundEvent[]): Promise<readonly InboundAnswer[]>
  /** See `Store`. */
  readPositions(): Promise<ReadonlyMap<string, number>>
  savePositions(positions: ReadonlyMap<string, number>): Promise<void>
  putDeadLetters(letters: readonly Omit<NewDeadLetter, 'channel'>[]): Promise<void>
}

/** An event as it was read from an ordered log. */
export interface InboundEvent {
  readonly executionId: string
  readonly event: string
  readonly data: Json
  /** The sender's id of the message: applied once per execution, wherever it is read again. */
  readonly messageId?: string
  readonly origin: Origin
}

export type InboundAnswer =
  | { readonly kind: 'applied' }
  /** Late, early, kept, read before: noted where it matters. */
  | { readonly kind: 'without-effect'; readonly reason: string }
  /** For nobody, or for nobody in this form: a dead letter. A code of the errors' catalogue. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }

/** What came of one attempt to deliver a command. */
export type DeliveryReport =
  /** The receiver has it. */
  | { readonly kind: 'accepted'; readonly commandId: string }
  /** The receiver carried it out and answered with an event. */
  | {
      readonly kind: 'event'
      readonly commandId: string
      readonly event: string
      readonly data: Json
    }
  | {
      readonly kind: 'failed'
      readonly commandId: string
      readonly code: string
      readonly message: string
      readonly retryable: boolean
      readonly retryAfterMs?: number
    }

export type ReportAnswer =
  | { readonly applied: true }
  | { readonly applied: false; readonly reason: string }

/** A command as a worker receives it on a `queue` channel. */
export interface LeasedCommand {
  readonly id: string
  readonly command: string
  readonly execution: string
  readonly key?: string
  readonly flow: string
  readonly data: Json
  readonly attempt: number
  readonly leasedUntil: number
  /** W3C trace context: the execution is the trace. */
  readonly traceparent: string
}

export interface LeaseRequest {
  readonly worker: string
  /** Only these commands; absent: all of the channel. */
  readonly commands?: readonly string[]
  readonly max: number
  readonly waitMs: number
  readonly leaseMs: number
  /** Aborted when the caller has gone: nothing may be leased to it any more. */
  readonly signal?: AbortSignal
}

/** The additional face of a channel whose commands workers pull. */
export interface WorkQueue extends Channel {
  readonly type: 'queue'
  lease(request: LeaseRequest): Promise<readonly LeasedCommand[]>
  /** Results of leased commands, or of commands whose lease ran out meanwhile. */
  settle(reports: readonly DeliveryReport[]): Promise<readonly ReportAnswer[]>
  /** Prolongs leases, those given by other replicas too; tells which commands are no longer leased. */
  extend(request: {
    readonly worker: string
    readonly commandIds: readonly string[]
    readonly leaseMs: number
  }): Promise<readonly string[]>
  /** What workers of this replica have in hand: command ids by the time until when. */
  leases(): ReadonlyMap<number, readonly string[]>
  /** Workers seen lately, for the console and `doctor`. */
  workers(): readonly {
    readonly worker: string
    readonly lastSeenAt: number
    readonly leased: number
  }[]
}

export function isWorkQueue(channel: Channel): channel is WorkQueue {
  return channel.type === 'queue'
}
