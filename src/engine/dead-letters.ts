import type { Json } from '../kernel/model/json.ts'
import type { DeadLetter } from '../store/store.ts'
import type { EventAnswer } from './engine.ts'

/** Messages from outside that could not be applied, and what a person may do about them. */
export interface DeadLetterDirectory {
  /** The newest first; `before` is the number of the last one of the page before. */
  list(query: {
    readonly channel?: string
    readonly before?: number
    readonly limit: number
  }): Promise<readonly DeadLetter[]>
  /** Throws DEAD_LETTER_NOT_FOUND. */
  get(number: number): Promise<DeadLetter>
  /** By channel. */
  count(): Promise<ReadonlyMap<string, number>>
  /**
   * Applies the message again as an event, after its reason was put right outside, or with the
   * correction. It is removed when it was taken, and stays when it had no effect or was refused.
   * However often it is sent again, it is applied once. Throws DEAD_LETTER_NOT_FOUND,
   * DEAD_LETTER_UNREADABLE and what `ExecutionDirectory.applyEvent` throws.
   */
  resend(number: number, correction?: DeadLetterCorrection): Promise<ResendAnswer>
  /**
   * The same for several, the oldest first, so that events of one execution keep their order. One
   * that is refused does not hold up the others.
   */
  resendAll(numbers: readonly number[]): Promise<readonly ResendOutcome[]>
  /** Answers how many were there. */
  remove(numbers: readonly number[]): Promise<number>
}

/** What is taken instead of what the message says. */
export interface DeadLetterCorrection {
  readonly executionId?: string
  readonly event?: string
  readonly data?: Json
}

export interface ResendAnswer extends EventAnswer {
  readonly removed: boolean
}

export type ResendOutcome =
  | { readonly number: number; readonly kind: 'answered'; readonly answer: ResendAnswer }
  | {
      readonly number: number
      readonly kind: 'refused'
      readonly code: string
      readonly detail: string
    }
