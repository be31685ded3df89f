import { createHash, randomUUID } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { limits } from '../../kernel/limits.ts'

/** Executions that one bulk act may cover: more would hold the engine for minutes. */
export const bulkExecutionsMax = 10_000

/** The longest set: as many of the longest ids, in base64, with room for their commas and quotes. */
export const setCharactersMax = Math.ceil((bulkExecutionsMax * (limits.idCharacters + 3) * 4) / 3)

/** Long enough to read the sample and think; short enough that the set is still what was meant. */
const setLifeMs = 15 * 60_000

/** The executions that a dry run found, frozen until the act on them is confirmed. */
export interface BulkSet {
  readonly id: string
  readonly executionIds: readonly string[]
  readonly expiresAt: number
}

export function freezeSet(executionIds: readonly string[], now: number = Date.now()): BulkSet {
  return { id: randomUUID(), executionIds, expiresAt: now + setLifeMs }
}

/**
 * The set as a text that holds all of it. Nobody has to remember it, so it is good at every replica
 * and after a restart. Whoever made one up could as well name the executions one by one.
 */
export function encodeSet({ id, executionIds, expiresAt }: BulkSet): string {
  const content = Buffer.from(JSON.stringify([id, expiresAt, ...executionIds]))
  return Buffer.concat([checksumOf(content), deflateRawSync(content)]).toString('base64url')
}

/** Throws BULK_SET_NOT_FOUND when it is no such text, is not whole, or has expired. */
export function decodeSet(text: string, now: number = Date.now()): BulkSet {
  const set = readSet(Buffer.from(text, 'base64url'))
  if (set === undefined) throw notFound('another text')
  if (set.expiresAt < now) {
    throw notFound(`one that expired at ${new Date(set.expiresAt).toISOString()}`)
  }
  return set
}

const checksumBytes = 8

function readSet(bytes: Buffer): BulkSet | undefined {
  try {
    const maxOutputLength = setCharactersMax
    const content = inflateRawSync(bytes.subarray(checksumBytes), { maxOutputLength })
    if (!checksumOf(content).equals(bytes.subarray(0, checksumBytes))) return undefined
    return setOf(JSON.parse(content.toString('utf8')))
  } catch {
    // Neither compressed nor JSON: it is not one of ours.
    return undefined
  }
}

function setOf(content: unknown): BulkSet | undefined {
  if (!Array.isArray(content)) return undefined
  const [id, expiresAt, ...executionIds]: readonly unknown[] = content
  return isSetId(id) &&
    isTime(expiresAt) &&
    executionIds.length <= bulkExecutionsMax &&
    executionIds.every(isId)
    ? { id, expiresAt, executionIds }
    : undefined
}

const setId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** It becomes a part of the ids of messages. */
function isSetId(value: unknown): value is string {
  return typeof value === 'string' && setId.test(value)
}

/** One that a date can show, too. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime())
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= limits.idCharacters
}

function checksumOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest().subarray(0, checksumBytes)
}

function notFound(found: string): SignalboxError {
  return new SignalboxError(
    'BULK_SET_NOT_FOUND',
    `expected the set of a dry run of the last ${setLifeMs / 60_000} minutes, found ${found}`,
  )
}
