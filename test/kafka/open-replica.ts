import type { Channel } from '../../src/channel/channel.ts'
import { createKafkaChannel } from '../../src/channel/kafka/kafka-channel.ts'
import { createQueueChannel } from '../../src/channel/queue/queue-channel.ts'
import { createEngine } from '../../src/engine/create-engine.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Store } from '../../src/store/store.ts'
import { type ChannelSettings, optionsOf } from './open-channel.ts'

/** A saga that counts what it is told: a second count of anything would be seen. */
export const counterFlow = `saga: counter
channel: shop
states:
  Counting:
    on:
      Counted: { stay: true, set: { seen: "\${ coalesce(state.seen, []) + [event.data.n] }" } }
      Closed: Done
  Done: { final: success }
`

export interface Replica {
  readonly engine: Engine
  readonly channel: Channel
  stop(): Promise<void>
}

/** A real engine with a real channel; the store stays open when it stops. */
export async function openReplica(store: Store, settings: ChannelSettings): Promise<Replica> {
  const channel = createKafkaChannel(optionsOf(settings))
  const engine = createEngine({
    store,
    channels: [channel],
    createQueue: (name) => createQueueChannel({ name }),
  })
  await engine.start()
  return { engine, channel, stop: () => engine.stop(5_000) }
}

/** The numbers that an execution has counted, in order. */
export async function countedBy(engine: Engine, id: string): Promise<readonly unknown[]> {
  const { state } = await engine.executions.get(id)
  return Array.isArray(state['seen']) ? state['seen'] : []
}
