import { createRecordingHost, type RecordingHost } from '../../contract/recording-host.ts'
import { createVirtualClock, type VirtualClock } from '../../../engine/test/virtual-clock.ts'
import type { Channel } from '../../channel.ts'
import { createHttpChannel, type HttpChannelOptions } from '../http-channel.ts'
import { type Service, startService } from './service.ts'

/** A started http channel whose time stands still, a real service, and a host that records. */
export interface OpenHttp {
  readonly channel: Channel
  readonly service: Service
  readonly clock: VirtualClock
  readonly host: RecordingHost
  close(): Promise<void>
}

export async function openHttp(options: Partial<HttpChannelOptions> = {}): Promise<OpenHttp> {
  const clock = createVirtualClock()
  const service = await startService()
  const channel = createHttpChannel({
    name: 'shop',
    url: `${service.url}/commands`,
    schedule: clock.schedule,
    ...options,
  })
  const host = createRecordingHost(channel, clock.now)
  await channel.start(host)
  return {
    channel,
    service,
    clock,
    host,
    async close() {
      const stopped = channel.stop(0)
      await clock.advance(1)
      await stopped
      await service.close()
    },
  }
}
