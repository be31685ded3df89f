import type { HandlerResult } from '../worker/command.ts'
import { TerminalError } from '../worker/failures.ts'
import type { NewCommand } from './read-command.ts'

/** An answer, ready to be sent. */
export interface Answer {
  /** The execution. */
  readonly key: string
  readonly value: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Encodes what a handler returned; nothing for nothing. The id derives from the command's: of all
 * answers to one command, whoever gave them, Signalbox applies one.
 */
export function encodeAnswer(command: NewCommand, result: HandlerResult): Answer | undefined {
  if (result === undefined || result === null) return undefined
  if (typeof result !== 'object' || typeof result.event !== 'string' || result.event === '') {
    throw invalid(
      'expected the handler to return { event, data? } or nothing, found something else',
    )
  }
  return {
    key: command.execution,
    value: encodedEvent(result.event, result.data ?? {}),
    headers: {
      'message-id': `${command.id}:answer`,
      ...(command.traceparent === undefined ? {} : { traceparent: command.traceparent }),
    },
  }
}

function encodedEvent(messageLabel: string, messagePayload: unknown): string {
  try {
    return JSON.stringify({ messageLabel, messagePayload })
  } catch (cause) {
    throw invalid(`expected event data that JSON can hold: ${String(cause)}`, cause)
  }
}

function invalid(message: string, cause?: unknown): TerminalError {
  return new TerminalError(message, { code: 'HANDLER_RESULT_INVALID', cause })
}
