import { isUtf8 } from 'node:buffer'
import type { KafkaRecord } from '@platformatic/kafka'
import type { ErrorCode } from '../../errors/catalogue.ts'
import { limits } from '../../kernel/limits.ts'
import { isJsonObject, type Json, type JsonObject } from '../../kernel/model/json.ts'
import type { NewDeadLetter } from '../../store/store.ts'
import type { InboundEvent } from '../channel.ts'
import { isDeeperThan } from '../json-depth.ts'

/** What of a record is read. */
export type RawRecord = Pick<KafkaRecord, 'key' | 'value' | 'headers'>

/** An event, or why a record is none. Others may write to the topic too: nothing is taken for granted. */
export type ReadRecord =
  | { readonly kind: 'event'; readonly event: Omit<InboundEvent, 'origin'> }
  | { readonly kind: 'poison'; readonly code: ErrorCode; readonly detail: string }

export type Letter = Pick<NewDeadLetter, 'key' | 'value' | 'encoding' | 'headers'>

const messageIdName = Buffer.from('message-id')
const headerTextCharacters = 1_000

/**
 * Key: the execution's id. Value: `{ messageLabel, messagePayload }`, where no payload counts as an
 * empty one. Header `message-id`: makes it idempotent.
 */
export function readRecord({ key, value, headers }: RawRecord): ReadRecord {
  if (key === null || key.length === 0) return unreadable('a key, the id of an execution', 'none')
  const executionId = textOf(key)
  if (executionId === undefined) return unreadable('a key in UTF-8', 'other bytes')
  if (executionId.length > limits.idCharacters) {
    return unreadable(`a key of at most ${limits.idCharacters} characters`, `${executionId.length}`)
  }
  const content = readContent(value)
  if ('kind' in content) return content
  const messageId = messageIdOf(headers)
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
    ...(keyText === undefined ? {} : { key: keyText }),
    value: text ?? value?.toString('base64') ?? '',
    encoding: text === undefined ? 'base64' : 'utf8',
    headers: Object.fromEntries(
      headers.map(([name, content]) => [
        name?.toString() ?? '',
        (content?.toString() ?? '').slice(0, headerTextCharacters),
      ]),
    ),
  }
}

interface Content {
  readonly event: string
  readonly data: JsonObject
}

function readContent(value: Buffer | null): Content | ReadRecord {
  if (value === null) return unreadable('a value', 'none')
  if (value.length > limits.payloadBytes) {
    return poison('BODY_TOO_LARGE', `at most ${limits.payloadBytes} bytes`, `${value.length}`)
  }
  const text = textOf(value)
  if (text === undefined) return unreadable('a value in UTF-8', 'other bytes')
  if (isDeeperThan(value, limits.jsonDepth)) {
    return poison('JSON_TOO_DEEP', `at most ${limits.jsonDepth} levels of nesting`, 'more')
  }
  const parsed = parse(text)
  if (parsed === undefined) return poison('JSON_INVALID', 'JSON', 'something else')
  if (!isJsonObject(parsed)) {
    return unreadable('an object { messageLabel, messagePayload }', describe(parsed))
  }
  const { messageLabel, messagePayload } = parsed
  if (typeof messageLabel !== 'string' || messageLabel === '') {
    return unreadable('the name of an event in messageLabel', describe(messageLabel))
  }
  if (messageLabel.length > limits.nameCharacters) {
    const expected = `a messageLabel of at most ${limits.nameCharacters} characters`
    return unreadable(expected, `${messageLabel.length}`)
  }
  const data = messagePayload ?? {}
  if (!isJsonObject(data)) return unreadable('an object in messagePayload', describe(data))
  if (text.includes('__proto__') && hasPrototypeKey(data)) {
    return unreadable('keys that are plain data', '"__proto__"')
  }
  return { event: messageLabel, data }
}

function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

function messageIdOf(headers: RawRecord['headers']): string | undefined {
  for (const [name, value] of headers) {
    if (name?.equals(messageIdName) === true && value !== null && value.length > 0) {
      return value.toString('utf8')
    }
  }
  return undefined
}

function parse(text: string): Json | undefined {
  try {
    // What JSON.parse gives is Json.
    return JSON.parse(text) as Json
  } catch {
    // Not JSON is one of the answers of this function.
    return undefined
  }
}

/** Assigned to an object somewhere later, such a key would change its prototype. Depth is bounded. */
function hasPrototypeKey(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, child]) => key === '__proto__' || hasPrototypeKey(child))
}

function unreadable(expected: string, found: string): ReadRecord {
  return poison('EVENT_UNREADABLE', expected, found)
}

function poison(code: ErrorCode, expected: string, found: string): ReadRecord {
  return { kind: 'poison', code, detail: `expected ${expected}, found ${found}` }
}

function describe(value: Json | undefined): string {
  if (value === undefined || value === '') return 'none'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
