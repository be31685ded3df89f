import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import { isJsonObject, type Json, type JsonObject } from '../kernel/model/json.ts'
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
  const isWhole = correction.event !== undefined && correction.data !== undefined
  const value = isWhole ? {} : readValue(letter)
  const event = correction.event ?? value['messageLabel']
  if (typeof event !== 'string' || event === '' || event.length > limits.nameCharacters) {
    throw unreadable(letter, 'the name of an event in messageLabel', describe(event))
  }
  const data = correction.data ?? value['messagePayload'] ?? {}
  return { executionId, event, data, messageId: messageIdOf(letter) }
}

/** The sender's id; else the message's place, which is the same each time it is sent again. */
function messageIdOf({ headers, source, position }: DeadLetter): string {
  const own = headers['message-id'] ?? ''
  const isUsable = own !== '' && own.length <= limits.idCharacters
  return isUsable ? own : `dead-letter:${source}@${position}`
}

function readValue(letter: DeadLetter): JsonObject {
  if (letter.encoding === 'base64') throw unreadable(letter, 'text in UTF-8', 'other bytes')
  const value = parse(letter)
  if (!isJsonObject(value)) {
    throw unreadable(letter, 'a JSON object { messageLabel, messagePayload }', describe(value))
  }
  requirePlain(letter, value, 1)
  return value
}

function parse(letter: DeadLetter): Json {
  try {
    // What JSON.parse gives is Json.
    return JSON.parse(letter.value) as Json
  } catch {
    throw unreadable(letter, 'JSON', 'something else')
  }
}

/** Refuses what would exhaust a recursive reader, and keys that reach an object's prototype. */
function requirePlain(letter: DeadLetter, value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > limits.jsonDepth) {
    throw unreadable(letter, `at most ${limits.jsonDepth} levels of nesting`, 'more')
  }
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') throw unreadable(letter, 'keys that are plain data', `"${key}"`)
    if (child !== undefined) requirePlain(letter, child, depth + 1)
  }
}

function unreadable({ number }: DeadLetter, expected: string, found: string): SignalboxError {
  return new SignalboxError(
    'DEAD_LETTER_UNREADABLE',
    `expected ${expected} in dead letter ${number}, found ${found}`,
  )
}

function describe(value: unknown): string {
  if (value === undefined || value === '') return 'none'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
