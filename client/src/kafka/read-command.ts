import type { JsonObject } from '../json.ts'
import type { KafkaCommand } from './kafka-command.ts'

/** A record as it lies in the topic; what is absent in it is `null`. */
export interface CommandRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: string | null
  readonly value: string | null
  readonly headers: ReadonlyMap<string, string>
}

export type NewCommand = Omit<KafkaCommand, 'attempt'>

/** A command, or why a record is none. Others may write to the topic too: nothing is taken for granted. */
export type ReadCommand =
  | { readonly kind: 'command'; readonly command: NewCommand }
  | { readonly kind: 'unreadable'; readonly reason: string }

export function readCommand(record: CommandRecord): ReadCommand {
  const { key, value, headers } = record
  if (key === null || key === '') return unreadable('expected the id of an execution as its key')
  const content = parsedObject(value)
  if (content === undefined) return unreadable('expected a JSON object as its value')
  const { messageLabel, messagePayload } = content
  if (typeof messageLabel !== 'string' || messageLabel === '') {
    return unreadable('expected the name of a command in messageLabel')
  }
  const traceparent = headers.get('traceparent')
  return {
    kind: 'command',
    command: {
      id: headers.get('message-id') || placeOf(record),
      command: messageLabel,
      execution: key,
      // What a command carries is between the flow and its handler, who vouches for the shape.
      data: (messagePayload ?? {}) as JsonObject,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  }
}

export function placeOf({ topic, partition, offset }: CommandRecord): string {
  return `${topic}/${partition}@${offset}`
}

function unreadable(reason: string): ReadCommand {
  return { kind: 'unreadable', reason }
}

function parsedObject(text: string | null): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined
  } catch {
    // Not JSON is one of the answers of this function.
    return undefined
  }
}
