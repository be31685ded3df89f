import type { Answer, Decision } from '../kernel/model/decision.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Message } from '../kernel/model/message.ts'
import type { CompiledVersion } from './engine.ts'

/** One thing to be decided, on its way through a turn. */
export interface Request {
  readonly executionId: string
  /** Present for a start: the version that the execution will run on. */
  readonly start?: CompiledVersion
  /** A start that met a conflict: its id is there already, as a rule because it was sent twice. */
  readonly mayExist?: boolean
  /** Another system's id of the message: applied once, then answered as before. */
  readonly inboxId?: string
  /** The command whose attempt is reported: its receiver has it no longer in hand. */
  readonly reportedCommandId?: string
  /** The messages, made when it is their turn, from the execution as it is then. */
  readonly messages: (execution: Execution | undefined, now: number) => readonly Message[]
  /** Called once, after the commit. */
  readonly settle: (outcome: Outcome) => void
  /** How often a conflict with another writer has sent it back. */
  conflicts: number
}

export type Outcome =
  | { readonly kind: 'decided'; readonly decision: Decision; readonly execution: Execution }
  /** Refused, with nothing of an execution there. */
  | { readonly kind: 'refused'; readonly decision: Extract<Decision, { kind: 'rejected' }> }
  /** There was nothing to decide: a timer that is no longer set. */
  | { readonly kind: 'nothing'; readonly execution: Execution }
  /** The start's id is there already. */
  | { readonly kind: 'exists'; readonly execution: Execution }
  | { readonly kind: 'duplicate'; readonly answer: Answer; readonly execution: Execution }
  | { readonly kind: 'failed'; readonly error: Error }
