import type { Json, JsonObject } from './json.ts'
import type { Origin } from './origin.ts'

/** Every message carries its identity and the time it was received: the kernel has no clock. */
interface Envelope {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** An operator's act: who and why are recorded. */
interface OperatorEnvelope extends Envelope {
  readonly actor: string
  readonly reason: string
}

export interface StartExecution extends Envelope {
  readonly kind: 'start-execution'
  readonly executionId: string
  /** Overrides the flow's `key` expression. */
  readonly key?: string
  readonly input: JsonObject
  readonly actor?: string
  /** The sender's W3C trace context; remembered, and nothing follows from it. */
  readonly traceparent?: string
}

export interface ApplyEvent extends Envelope {
  readonly kind: 'apply-event'
  readonly event: string
  readonly data: Json
  /** The command that this event answers, where the channel knows it. */
  readonly commandId?: string
  /** Where it was read, for channels that read from an ordered log. */
  readonly origin?: Origin
}

/** The channel accepted a command (and, where the receiver answers at once, it was carried out). */
export interface AcceptCommand extends Envelope {
  readonly kind: 'accept-command'
  readonly commandId: string
}

/** One attempt to deliver a command failed. */
export interface FailCommand extends Envelope {
  readonly kind: 'fail-command'
  readonly commandId: string
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  /** The receiver's wish; the policy's wait is at least this. */
  readonly retryAfterMs?: number
}

export interface FireTimer extends Envelope {
  readonly kind: 'fire-timer'
  readonly timerId: string
}

export interface Retry extends OperatorEnvelope {
  readonly kind: 'retry'
  /** Replaces the data of the compensation that is retried. */
  readonly data?: Json
}
export interface Skip extends OperatorEnvelope {
  readonly kind: 'skip'
}
export interface RollBack extends OperatorEnvelope {
  readonly kind: 'roll-back'
  readonly target?: string
}
export interface Cancel extends OperatorEnvelope {
  readonly kind: 'cancel'
}
export interface Pause extends OperatorEnvelope {
  readonly kind: 'pause'
}
export interface Resume extends OperatorEnvelope {
  readonly kind: 'resume'
}
export interface Move extends OperatorEnvelope {
  readonly kind: 'move'
  readonly node: string
}

/** Anything that comes into the kernel. */
export type Message =
  | StartExecution
  | ApplyEvent
  | AcceptCommand
  | FailCommand
  | FireTimer
  | Retry
  | Skip
  | RollBack
  | Cancel
  | Pause
  | Resume
  | Move

export type MessageKind = Message['kind']
