import { createVirtualClock } from '../../engine/test/virtual-clock.ts'
import { channelContract } from '../contract.ts'
import type { Attempt, ChannelSubject } from '../contract/subject.ts'
import { createHttpChannel } from './http-channel.ts'
import { type ServiceRequest, startService } from './test/service.ts'

channelContract('http', openSubject)

/** The other end is a service that answers when it is told. */
async function openSubject(): Promise<ChannelSubject> {
  const clock = createVirtualClock()
  const service = await startService()
  const channel = createHttpChannel({
    name: 'shop',
    url: `${service.url}/commands`,
    inFlightMax: 32,
    schedule: clock.schedule,
  })
  return {
    channel,
    now: clock.now,
    receiver: {
      take: async (count) => (await service.take(count)).map(attemptOf),
      rest: async () => (await service.rest()).map(attemptOf),
    },
    cleanup: async () => {
      const stopped = channel.stop(0)
      await clock.advance(1)
      await stopped
      await service.close()
    },
  }
}

function attemptOf(request: ServiceRequest): Attempt {
  return {
    ...JSON.parse(request.text),
    accept: () => request.respond(204),
    answer: (event, data) => request.respond(200, JSON.stringify({ event, data })),
    fail: (retryable) => request.respond(retryable ? 503 : 400, 'the shelf is too high'),
  }
}
