import type { MessageToProduce } from '@platformatic/kafka'
import type { OutboxCommand } from '../../store/store.ts'
import { traceparentOf } from '../trace-context.ts'

const names = {
  messageId: Buffer.from('message-id'),
  traceparent: Buffer.from('traceparent'),
  flow: Buffer.from('flow'),
  key: Buffer.from('business-key'),
  attempt: Buffer.from('attempt'),
}

/** A command as it goes out: Flow Manager's wire format, and in headers what Signalbox adds. */
export function encodeCommand(topic: string, command: OutboxCommand): MessageToProduce {
  const headers = new Map([
    [names.messageId, Buffer.from(command.commandId)],
    [names.traceparent, Buffer.from(traceparentOf(command))],
    [names.flow, Buffer.from(command.flow)],
    [names.attempt, Buffer.from(String(command.attempt))],
  ])
  if (command.key !== undefined) headers.set(names.key, Buffer.from(command.key))
  const value = { messageLabel: command.command, messagePayload: command.data }
  return {
    topic,
    key: Buffer.from(command.executionId),
    value: Buffer.from(JSON.stringify(value)),
    headers,
  }
}

/** What a message takes in a request, about. */
export function sizeOf({ key, value }: MessageToProduce): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + headersBytes
}

const headersBytes = 300
