import type { DeadLetter } from '../../store/store.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { toIso } from '../wire/time.ts'

const summaryProperties = {
  number: { type: 'integer', description: 'Given once; later messages have higher ones.' },
  channel: { type: 'string' },
  source: { type: 'string', description: 'Where it was read: a partition of a topic.' },
  position: { type: 'integer', description: 'Its place there.' },
  receivedAt: field.time,
  code: { type: 'string', description: 'Why it could not be applied.' },
  detail: { type: 'string', description: 'What was expected, then what was found.' },
  key: { type: 'string', description: 'The key of the message: the id of an execution.' },
  valueBytes: { type: 'integer' },
}

const summaryRequired = [
  'number',
  'channel',
  'source',
  'position',
  'receivedAt',
  'code',
  'detail',
  'valueBytes',
]

/** What lists show: not the message itself, which may hold anything. */
export const deadLetterSummarySchema = closedObject(summaryProperties, summaryRequired)

export const deadLetterSchema = closedObject(
  {
    ...summaryProperties,
    value: { type: 'string', description: 'The message as it came.' },
    encoding: { enum: ['utf8', 'base64'], description: 'base64: the bytes are no text.' },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
  },
  [...summaryRequired, 'value', 'encoding', 'headers'],
)

export function deadLetterSummary(letter: DeadLetter): object {
  const { number, channel, source, position, receivedAt, code, detail, key } = letter
  return {
    number,
    channel,
    source,
    position,
    receivedAt: toIso(receivedAt),
    code,
    detail,
    ...(key === undefined ? {} : { key }),
    valueBytes: Buffer.byteLength(letter.value, letter.encoding),
  }
}

export function deadLetterView(letter: DeadLetter): object {
  const { value, encoding, headers } = letter
  return { ...deadLetterSummary(letter), value, encoding, headers }
}

/** The number of a dead letter in a path. */
export const numberInPath = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
