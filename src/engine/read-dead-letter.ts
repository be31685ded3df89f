import { readEventMessage } from '../channel/event-message.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import type { DeadLetter } from '../store/store.ts'
import type { DeadLetterCorrection } from './dead-letters.ts'
import type { EventRequest } from './engine.ts'

/**
 * The event that a dead letter stands for: key = execution id, value = `{ messageLabel,
 * messagePayload }`, header `message-id`. What the correction has is not looked for in the letter.
 * Throws DEAD_LETTER_UNREADABLE.
 */
export function readDeadLetter(
  letter: DeadLetter,
  correction: DeadLetterCorrection = {},
): Required<EventRequest> {
  const executionId = correction.executionId ?? letter.key
  if (executionId === undefined || executionId === '') {
    throw unreadable(letter, 'the id of an execution as its key', 'none')
  }
  const bytes = Buffer.from(letter.value, letter.encoding)
  const read = readEventMessage(bytes, correction)
  if (read.kind === 'fault') throw unreadable(letter, read.expected, read.found)
  const { event, data } = read
  return { executionId, event, data, messageId: messageIdOf(letter) }
}

/** The sender's id; else the message's place, which is the same each time it is sent again. */
function messageIdOf({ headers, source, position }: DeadLetter): string {
  const own = headers['message-id'] ?? ''
  const isUsable = own !== '' && own.length <= limits.idCharacters
  return isUsable ? own : `dead-letter:${source}@${position}`
}

function unreadable({ number }: DeadLetter, expected: string, found: string): SignalboxError {
  return new SignalboxError(
    'DEAD_LETTER_UNREADABLE',
    `expected ${expected} in dead letter ${number}, found ${found}`,
  )
}
