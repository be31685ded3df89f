import type { Log } from '../log.ts'
import { codeOf, messageOf } from '../worker/failure-text.ts'
import { RetryLater, TerminalError } from '../worker/failures.ts'
import { type Answer, encodeAnswer } from './encode-answer.ts'
import type { Work } from './execution-work.ts'
import type { KafkaHandler } from './kafka-command.ts'
import type { FailureAnswer } from './kafka-worker-options.ts'
import type { KafkaWorkerSettings } from './kafka-worker-settings.ts'

/** What came of one attempt at a command. */
export type AttemptOutcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** It has ended, and there is nothing to say. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'again'; readonly afterMs: number }

/** Runs handlers, and decides what follows a failure. Never rejects. */
export interface Attempts {
  make(work: Work): Promise<AttemptOutcome>
  /** The broker will never take the answer: the command has failed for good. */
  refused(work: Work, refusal: Error): Promise<AttemptOutcome>
}

export interface AttemptsOptions {
  readonly handlers: ReadonlyMap<string, KafkaHandler>
  readonly retry: KafkaWorkerSettings['retry']
  readonly onFailure: FailureAnswer | undefined
  readonly log: Log
}

export function createAttempts(options: AttemptsOptions): Attempts {
  const { handlers, retry, onFailure, log } = options

  async function make(work: Work): Promise<AttemptOutcome> {
    const { command, attempts: attempt, signal } = work
    try {
      const handler = handlers.get(command.command)
      if (handler === undefined) throw new Error(`this worker does not handle ${command.command}`)
      return outcomeOf(encodeAnswer(command, await handler({ ...command, attempt }, { signal })))
    } catch (error) {
      log.info({ command: command.command, id: command.id, attempt, error }, 'a handler failed')
      // A partition that went to others takes its attempts along.
      if (work.lost) return { kind: 'again', afterMs: 0 }
      if (error instanceof TerminalError || attempt >= retry.attempts) return failed(work, error)
      return { kind: 'again', afterMs: waitMs(attempt, error) }
    }
  }

  async function failed(work: Work, error: unknown): Promise<AttemptOutcome> {
    const { command, attempts: attempt } = work
    const failure = { error, code: codeOf(error), message: messageOf(error) }
    const about = { command: command.command, id: command.id, execution: command.execution }
    if (onFailure === undefined) {
      log.error({ ...about, attempt, error }, 'a command failed for good and stays unanswered')
      return { kind: 'nothing' }
    }
    try {
      const answer = encodeAnswer(command, await onFailure({ ...command, attempt }, failure))
      log.warn({ ...about, attempt, error }, 'a command failed for good')
      return outcomeOf(answer)
    } catch (cause) {
      log.error(
        { ...about, attempt, error: cause },
        'onFailure failed; the command stays unanswered',
      )
      return { kind: 'nothing' }
    }
  }

  function waitMs(attempt: number, error: unknown): number {
    if (error instanceof RetryLater && error.retryAfterMs > 0) {
      return Math.min(error.retryAfterMs, timerMaxMs)
    }
    const ceilingMs = Math.min(retry.longestMs, retry.intervalMs * 2 ** (attempt - 1))
    return ceilingMs / 2 + (Math.random() * ceilingMs) / 2
  }

  return {
    make,
    refused: async (work, refusal) => {
      const { command } = work
      log.error({ id: command.id, error: refusal }, 'the broker refuses the answer to a command')
      const outcome = await failed(work, refusal)
      // The stand-in was refused as well, or is the very answer that was: nothing can be said.
      work.refusals += 1
      return work.refusals > 1 ? { kind: 'nothing' } : outcome
    },
  }
}

/** What timers can hold. */
const timerMaxMs = 2 ** 31 - 1

function outcomeOf(answer: Answer | undefined): AttemptOutcome {
  return answer === undefined ? { kind: 'nothing' } : { kind: 'answer', answer }
}
