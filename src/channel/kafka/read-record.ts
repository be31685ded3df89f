import { isUtf8 } from 'node:buffer'
import type { KafkaRecord } from '@platformatic/kafka'
import type { ErrorCode } from '../../errors/catalogue.ts'
import { limits } from '../../kernel/limits.ts'
import type { NewDeadLetter } from '../../store/store.ts'
import type { InboundEvent } from '../channel.ts'
import { readEventMessage } from '../event-message.ts'

/** What of a record is read. */
export type RawRecord = Pick<KafkaRecord, 'key' | 'value' | 'headers'>

/** An event, or why a record is none. Others may write to the topic too: nothing is taken for granted. */
export type ReadRecord =
  | { readonly kind: 'event'; readonly event: Omit<InboundEvent, 'origin'> }
  | { readonly kind: 'poison'; readonly code: ErrorCode; readonly detail: string }

export type Letter = Pick<NewDeadLetter, 'key' | 'value' | 'encoding' | 'headers'>

const messageIdName = Buffer.from('message-id')
/** Of what is kept for people. More than any key that could be taken has: cut ones stay refused. */
const letterTextCharacters = 1_000
const letterHeadersMax = 100

/** Key: the execution's id. Value: the event. Header `message-id`: makes it idempotent. */
export function readRecord({ key, value, headers }: RawRecord): ReadRecord {
  if (key === null || key.length === 0) return unreadable('a key, the id of an execution', 'none')
  const executionId = textOf(key)
  if (executionId === undefined) return unreadable('a key in UTF-8', 'other bytes')
  if (executionId.length > limits.idCharacters) {
    return unreadable(`a key of at most ${limits.idCharacters} characters`, `${executionId.length}`)
  }
  if (value === null) return unreadable('a value', 'none')
  const content = readEventMessage(value)
  if (content.kind === 'fault') return poison(content.code, content.expected, content.found)
  const messageIdBytes = messageIdOf(headers)
  const messageId = messageIdBytes === undefined ? undefined : textOf(messageIdBytes)
  // Other bytes would all become the same text, and the second message look like the first again.
  if (messageIdBytes !== undefined && messageId === undefined) {
    return unreadable('a message-id in UTF-8', 'other bytes')
  }
  if (messageId !== undefined && messageId.length > limits.idCharacters) {
    const found = `${messageId.length}`
    return unreadable(`a message-id of at most ${limits.idCharacters} characters`, found)
  }
  const { event, data } = content
  return {
    kind: 'event',
    event: { executionId, event, data, ...(messageId === undefined ? {} : { messageId }) },
  }
}

/** The record as it is kept for people to see. */
export function letterOf({ key, value, headers }: RawRecord): Letter {
  const keyText = key === null ? undefined : (textOf(key) ?? key.toString('base64'))
  const text = textOf(value ?? Buffer.alloc(0))
  return {
    ...(keyText === undefined ? {} : { key: keyText.slice(0, letterTextCharacters) }),
    value: text ?? value?.toString('base64') ?? '',
    encoding: text === undefined ? 'base64' : 'utf8',
    headers: Object.fromEntries(
      [...headers]
        .slice(0, letterHeadersMax)
        .map((pair) =>
          pair.map((bytes) => (bytes?.toString() ?? '').slice(0, letterTextCharacters)),
        ),
    ),
  }
}

function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

function messageIdOf(headers: RawRecord['headers']): Buffer | undefined {
  for (const [name, value] of headers) {
    if (name?.equals(messageIdName) === true && value !== null && value.length > 0) {
      return value
    }
  }
  return undefined
}

function unreadable(expected: string, found: string): ReadRecord {
  return poison('EVENT_UNREADABLE', expected, found)
}

function poison(code: ErrorCode, expected: string, found: string): ReadRecord {
  return { kind: 'poison', code, detail: `expected ${expected}, found ${found}` }
}
