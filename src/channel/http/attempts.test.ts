import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { commandOf } from '../contract/builders.ts'
import type { HttpChannelOptions } from './http-channel.ts'
import { openHttp, type OpenHttp } from './test/open-http.ts'
import { startService } from './test/service.ts'

let opened: OpenHttp | undefined

async function open(options: Partial<HttpChannelOptions> = {}): Promise<OpenHttp> {
  opened = await openHttp(options)
  return opened
}
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

describe('an attempt', () => {
  test('that nobody answers ends at its timeout', async () => {
    const { channel, service, clock, host } = await open({ timeoutMs: 5_000 })
    channel.deliver([commandOf('one', 1)])
    const [request] = await service.take(1)
    await clock.advance(4_999)
    expect(host.reports).toEqual([])
    await clock.advance(1)
    await host.reported(1)
    expect(host.reports).toMatchObject([
      {
        kind: 'failed',
        code: 'HTTP_TIMEOUT',
        retryable: true,
        message: expect.stringMatching(/5000 ms/),
      },
    ])
    // The service sees that nobody listens any more.
    if (request?.response.destroyed === false) await once(request.response, 'close')
    expect(channel.held()).toBe(0)
  })

  test('whose answer does not end, ends at its timeout too', async () => {
    const { channel, service, clock, host } = await open({ timeoutMs: 5_000 })
    channel.deliver([commandOf('one', 1)])
    const [request] = await service.take(1)
    request?.response.writeHead(200).write('{"event":')
    await service.rest()
    await clock.advance(5_000)
    await host.reported(1)
    expect(host.reports).toMatchObject([{ code: 'HTTP_TIMEOUT', retryable: true }])
  })

  test('leaves no timeout behind', async () => {
    const { channel, service, clock, host } = await open()
    channel.deliver([commandOf('one', 1)])
    const [request] = await service.take(1)
    await request?.respond(200)
    await host.reported(1)
    expect(clock.nextAt()).toBeUndefined()
  })

  test('at a service that is not there fails for now', async () => {
    const service = await startService()
    await service.close()
    const { channel, host } = await open({ url: service.url })
    channel.deliver([commandOf('one', 1)])
    await host.reported(1)
    expect(host.reports).toMatchObject([
      {
        kind: 'failed',
        code: 'HTTP_UNREACHABLE',
        retryable: true,
        message: expect.stringContaining('ECONNREFUSED'),
      },
    ])
  })

  test('at a service that hangs up fails for now', async () => {
    const { channel, service, host } = await open()
    channel.deliver([commandOf('one', 1)])
    const [request] = await service.take(1)
    request?.hangUp()
    await host.reported(1)
    expect(host.reports).toMatchObject([{ code: 'HTTP_UNREACHABLE', retryable: true }])
  })

  test('does not begin while as many as allowed are under way', async () => {
    const { channel, service, host } = await open({ inFlightMax: 2 })
    channel.deliver(Array.from({ length: 5 }, (_, n) => commandOf(`e${n}`, n)))
    const first = await service.take(2)
    expect(await service.rest()).toEqual([])
    await first[0]?.respond(204)
    const third = await service.take(1)
    expect(await service.rest()).toEqual([])
    await Promise.all([first[1]?.respond(204), third[0]?.respond(204)])
    const last = await service.take(2)
    await Promise.all(last.map((request) => request.respond(204)))
    await host.reported(5)
  })

  test('of a command withdrawn before there was a slot never begins', async () => {
    const { channel, service, host } = await open({ inFlightMax: 1 })
    channel.deliver([commandOf('one', 1), commandOf('two', 2), commandOf('three', 3)])
    const [first] = await service.take(1)
    channel.withdraw(['two:2'])
    await first?.respond(204)
    const [second] = await service.take(1)
    expect(second?.headers['idempotency-key']).toBe('three:3')
    await second?.respond(204)
    await host.reported(2)
    expect(await service.rest()).toEqual([])
  })
})

describe('a report that cannot be stored', () => {
  test('is repeated until it can; the service is not asked again', async () => {
    const { channel, service, clock, host } = await open()
    channel.deliver([commandOf('one', 1), commandOf('one', 2)])
    const [request] = await service.take(1)
    host.refuse(3)
    await request?.respond(200, '{"event":"InventoryCheckOK"}')
    await host.untilRefused(1)
    expect(await service.rest(), 'the next of the execution waits').toEqual([])
    for (let refused = 1; refused < 3; refused += 1) {
      await clock.advance(500)
      await host.untilRefused(refused + 1)
    }
    await clock.advance(500)
    await host.reported(1)
    expect(host.reports).toMatchObject([{ kind: 'event', commandId: 'one:1' }])
    const [next] = await service.take(1)
    expect(next?.headers['idempotency-key']).toBe('one:2')
    await next?.respond(204)
  })

  test('is given up at the end of the grace time: the outbox has the command still', async () => {
    const { channel, service, clock, host } = await open()
    channel.deliver([commandOf('one', 1)])
    const [request] = await service.take(1)
    host.refuse(1_000)
    await request?.respond(200)
    await host.untilRefused(1)
    const stopped = channel.stop(1_200)
    await clock.advance(1_200)
    await stopped
    expect(host.reports).toEqual([])
  })
})

describe('stop', () => {
  test('cuts off at the end of the grace time what is not answered, and reports nothing', async () => {
    const { channel, service, clock, host } = await open()
    channel.deliver([commandOf('one', 1)])
    await service.take(1)
    const stopped = channel.stop(2_000)
    const seen = Promise.race([stopped.then(() => 'stopped'), clock.advance(1_999)])
    expect(await seen).not.toBe('stopped')
    await clock.advance(1)
    await stopped
    expect(host.reports).toEqual([])
  })
})
