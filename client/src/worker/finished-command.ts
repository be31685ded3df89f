import type { Command, HandlerResult } from './command.ts'
import { codeOf, messageOf } from './failure-text.ts'
import { RetryLater, TerminalError } from './failures.ts'

/** What came of a command, ready to be sent: encoded once, at the moment the handler ended. */
export interface FinishedCommand {
  readonly id: string
  readonly attempt: number
  /** Nothing came of this attempt: a later attempt runs the handler again. */
  readonly failed: boolean
  /** The element of `results`, as JSON text. */
  readonly json: string
}

/** A page of text: enough to see what happened, small enough for a journal. */
const messageCharactersMax = 2_000
const codeCharactersMax = 200

type Identity = Pick<Command, 'id' | 'attempt'>

/** Encodes the return of a handler. What JSON cannot hold is a failure for good: a retry repeats it. */
export function finishedWith(command: Identity, result: HandlerResult): FinishedCommand {
  const { id, attempt } = command
  if (result === undefined || result === null) {
    return { id, attempt, failed: false, json: JSON.stringify({ id }) }
  }
  if (typeof result !== 'object' || typeof result.event !== 'string') {
    const message =
      'expected the handler to return { event, data? } or nothing, found something else'
    return failedWith(command, new TerminalError(message, { code: 'HANDLER_RESULT_INVALID' }))
  }
  try {
    const json = JSON.stringify({ id, event: result.event, data: result.data })
    return { id, attempt, failed: false, json }
  } catch (cause) {
    const message = `expected event data that JSON can hold: ${messageOf(cause)}`
    return failedWith(
      command,
      new TerminalError(message, { code: 'HANDLER_RESULT_INVALID', cause }),
    )
  }
}

/** Encodes what a handler threw. */
export function failedWith(command: Identity, error: unknown): FinishedCommand {
  const { id, attempt } = command
  const json = JSON.stringify({
    id,
    error: {
      code: codeOf(error).slice(0, codeCharactersMax),
      message: messageOf(error).slice(0, messageCharactersMax),
    },
    ...(error instanceof TerminalError ? { retry: false } : {}),
    ...(error instanceof RetryLater ? { retryAfterMs: wholeMs(error.retryAfterMs) } : {}),
  })
  return { id, attempt, failed: true, json }
}

function wholeMs(durationMs: number): number {
  return Number.isFinite(durationMs)
    ? Math.min(Math.max(0, Math.round(durationMs)), 3_600_000_000)
    : 0
}
