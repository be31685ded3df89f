import { type Log, silentLog } from '../../engine/log.ts'
import { limits } from '../../kernel/limits.ts'
import type { Channel } from '../channel.ts'
import { systemSchedule } from '../schedule.ts'
import { type CommandSender, createCommandSender } from './command-sender.ts'
import { createEventReader } from './event-reader.ts'
import type { KafkaChannelOptions } from './options.ts'

export interface KafkaChannelTuning {
  readonly log?: Log
  /** Commands that travel in one request at most. */
  readonly batchCommandsMax?: number
  /** Requests with commands under way at once. */
  readonly requestsMax?: number
}

const requestsMax = 5

/**
 * Sends commands to a topic and reads events from topics, in Flow Manager's wire format. A command is
 * accepted when the brokers have it. Brokers that are away, and topics that are not there, are
 * `trouble`: the channel goes on trying, and nothing is lost meanwhile.
 */
export function createKafkaChannel(
  options: KafkaChannelOptions,
  tuning: KafkaChannelTuning = {},
): Channel {
  const { name, commands, events } = options
  const { log = silentLog } = tuning
  const schedule = options.schedule ?? systemSchedule
  const sender =
    commands === undefined
      ? undefined
      : createCommandSender(options, commands, {
          log,
          schedule,
          batchCommandsMax: tuning.batchCommandsMax ?? limits.kafkaBatchCommands,
          requestsMax: tuning.requestsMax ?? requestsMax,
        })
  const reader = events.length === 0 ? undefined : createEventReader(options, log, schedule)
  let stopping: Promise<void> | undefined

  async function stop(graceMs: number): Promise<void> {
    await Promise.all([sender?.stop(graceMs), reader?.stop(graceMs)])
  }

  return {
    // First: starting, stopping and trouble concern the reader as well.
    ...(sender ?? noCommands),
    name,
    type: 'kafka',
    windowCommands: limits.kafkaWindowCommands,
    async start(host) {
      sender?.start(host)
      reader?.start(host)
    },
    trouble: () => sender?.trouble() ?? reader?.trouble(),
    surplus: () => [],
    stop(graceMs) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}

/** A channel that only reads: commands for it wait in the outbox. */
const noCommands: Pick<CommandSender, 'deliver' | 'withdraw' | 'held' | 'holds' | 'demand'> = {
  deliver: () => {},
  withdraw: () => {},
  held: () => 0,
  holds: () => false,
  demand: () => ({ max: 0 }),
}
