import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { onTestFailed } from 'vitest'
import type { Channel } from '../../src/channel/channel.ts'
import { createKafkaChannel } from '../../src/channel/kafka/kafka-channel.ts'
import type { KafkaChannelOptions } from '../../src/channel/kafka/options.ts'
import type { Log } from '../../src/engine/log.ts'
import {
  createEventHost,
  createEventMemory,
  type EventHost,
  type EventMemory,
} from './event-host.ts'

const stopMs = 5_000
const lookEveryMs = 10

export type ChannelSettings = Partial<KafkaChannelOptions> & Pick<KafkaChannelOptions, 'brokers'>

export interface LogLine {
  readonly level: keyof Log
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

export interface OpenChannel {
  readonly channel: Channel
  readonly host: EventHost
  readonly memory: EventMemory
  readonly logged: readonly LogLine[]
  close(): Promise<void>
}

/** A started channel with a host that records, and a group of its own. */
export async function openChannel(
  settings: ChannelSettings,
  memory: EventMemory = createEventMemory(),
): Promise<OpenChannel> {
  const logged: LogLine[] = []
  const channel = createKafkaChannel(optionsOf(settings), { log: recordTo(logged) })
  const host = createEventHost(channel, memory)
  onTestFailed(() => void process.stderr.write(`${JSON.stringify({ logged, ...memory })}\n`))
  await channel.start(host)
  return { channel, host, memory, logged, close: () => channel.stop(stopMs) }
}

export function optionsOf(settings: ChannelSettings): KafkaChannelOptions {
  return {
    name: 'shop',
    events: [],
    group: `group-${randomUUID()}`,
    startAt: 'earliest',
    unknownExecutions: 'dead-letter',
    ...settings,
  }
}

export function recordTo(lines: LogLine[]): Log {
  const at =
    (level: keyof Log) =>
    (fields: object, message: string): void =>
      void lines.push({ level, fields: { ...fields }, message })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Looks again and again until it is so; the test's time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(lookEveryMs)
}
