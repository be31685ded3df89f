import { isUtf8 } from 'node:buffer'
import type { ErrorCode } from '../errors/catalogue.ts'
import { limits } from '../kernel/limits.ts'
import { isJsonObject, type Json } from '../kernel/model/json.ts'
import { isDeeperThan } from './json-depth.ts'

/** What the value of a message says, or why it says nothing. */
export type ReadMessage =
  | { readonly kind: 'event'; readonly event: string; readonly data: Json }
  | MessageFault

export interface MessageFault {
  readonly kind: 'fault'
  /** As a reason of dead letters. */
  readonly code: ErrorCode
  readonly expected: string
  readonly found: string
}

/**
 * Reads `{ messageLabel, messagePayload }`, where no payload counts as an empty one. Others write such
 * messages, so nothing is taken for granted: not the size, not UTF-8, not JSON. What `instead` has is
 * not looked for in the message.
 */
export function readEventMessage(
  value: Buffer,
  instead: { readonly event?: string; readonly data?: Json } = {},
): ReadMessage {
  if (instead.event !== undefined && instead.data !== undefined) {
    return eventOf(instead.event, instead.data)
  }
  const read = readJson(value)
  if (read.kind === 'fault') return read
  if (!isJsonObject(read.json)) {
    return unreadable('an object { messageLabel, messagePayload }', describe(read.json))
  }
  const { messageLabel, messagePayload } = read.json
  const data = instead.data ?? messagePayload ?? {}
  if (instead.data === undefined) {
    if (!isJsonObject(data)) return unreadable('an object in messagePayload', describe(data))
    if (hasPrototypeKey(data)) return unreadable('keys that are plain data', '"__proto__"')
  }
  return eventOf(instead.event ?? messageLabel, data)
}

function eventOf(label: Json | undefined, data: Json): ReadMessage {
  if (typeof label !== 'string' || label === '') {
    return unreadable('the name of an event in messageLabel', describe(label))
  }
  if (label.length > limits.nameCharacters) {
    const expected = `a messageLabel of at most ${limits.nameCharacters} characters`
    return unreadable(expected, `${label.length}`)
  }
  return { kind: 'event', event: label, data }
}

function readJson(value: Buffer): { readonly kind: 'json'; readonly json: Json } | MessageFault {
  if (value.length > limits.payloadBytes) {
    return fault('BODY_TOO_LARGE', `at most ${limits.payloadBytes} bytes`, `${value.length}`)
  }
  if (!isUtf8(value)) return unreadable('a value in UTF-8', 'other bytes')
  if (isDeeperThan(value, limits.jsonDepth)) {
    return fault('JSON_TOO_DEEP', `at most ${limits.jsonDepth} levels of nesting`, 'more')
  }
  try {
    // What JSON.parse gives is Json.
    return { kind: 'json', json: JSON.parse(value.toString('utf8')) as Json }
  } catch {
    return fault('JSON_INVALID', 'JSON', 'something else')
  }
}

/** Assigned to an object somewhere later, such a key would change its prototype. Depth is bounded. */
function hasPrototypeKey(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, child]) => key === '__proto__' || hasPrototypeKey(child))
}

function unreadable(expected: string, found: string): MessageFault {
  return fault('EVENT_UNREADABLE', expected, found)
}

function fault(code: ErrorCode, expected: string, found: string): MessageFault {
  return { kind: 'fault', code, expected, found }
}

function describe(value: Json | undefined): string {
  if (value === undefined || value === '') return 'none'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
