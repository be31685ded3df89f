import type { Channel } from '../../channel/channel.ts'
import { createHttpChannel } from '../../channel/http/http-channel.ts'
import { createQueueChannel } from '../../channel/queue/queue-channel.ts'
import type { ChannelConfiguration, Configuration } from '../../config/configuration.ts'
import type { Log } from '../../engine/log.ts'

/** The channels that are configured. Kafka's client is loaded only where one is among them. */
export function createChannels(
  { channels, replica }: Pick<Configuration, 'channels' | 'replica'>,
  log: Log,
): Promise<readonly Channel[]> {
  return Promise.all(channels.map((channel) => createChannel(channel, replica.name, log)))
}

async function createChannel(
  channel: ChannelConfiguration,
  member: string,
  log: Log,
): Promise<Channel> {
  switch (channel.type) {
    case 'queue':
      return createQueueChannel({ name: channel.name })
    case 'http':
      return createHttpChannel(channel)
    case 'kafka': {
      const { createKafkaChannel } = await import('../../channel/kafka/kafka-channel.ts')
      return createKafkaChannel({ ...channel, member }, { log })
    }
  }
}
