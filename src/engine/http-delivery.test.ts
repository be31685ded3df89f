import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createHttpChannel } from '../channel/http/http-channel.ts'
import { type Service, type ServiceRequest, startService } from '../channel/http/test/service.ts'
import { isFinished } from '../kernel/model/execution.ts'
import { orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'
import { until } from './test/until.ts'

const flow = orderFlow
  .replaceAll(/send: (Reserve|Pay)$/gm, 'send: { command: $1, retry: { interval: 2s, jitter: 0 } }')
  .replace('10s', '1h')

describe.each(storeKinds)('an http channel, with the engine on the %s store', (kind) => {
  let world: TestEngine
  let service: Service

  beforeEach(async () => {
    service = await startService()
    const url = service.url
    world = await openEngine(kind, {
      channels: ({ schedule }) => [
        createHttpChannel({ name: 'shop', url, schedule, inFlightMax: 4, timeoutMs: 5_000 }),
      ],
    })
    await world.publish(flow)
  })
  afterEach(async () => {
    await world.close()
    await service.close()
  })

  const start = (id: string) =>
    world.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
  const statusOf = async (id: string) => (await world.engine.executions.get(id)).status
  const idOf = ({ headers }: ServiceRequest) => headers['idempotency-key']

  test('an order is carried out by answers alone', async () => {
    await start('o-1')
    const [reserve] = await service.take(1)
    expect(JSON.parse(reserve?.text ?? '')).toMatchObject({ command: 'Reserve', key: 'o-1' })
    await reserve?.respond(200, JSON.stringify({ event: 'Reserved', data: { shelf: 3 } }))
    const [pay] = await service.take(1)
    expect(JSON.parse(pay?.text ?? '')).toMatchObject({ command: 'Pay', data: { shelf: 3 } })
    await pay?.respond(200, JSON.stringify({ event: 'Paid' }))
    await until(async () => (await statusOf('o-1')) === 'completed')
    expect(await world.store.outboxChannels()).toEqual([])
  })

  test('an accepted command’s event comes by the API', async () => {
    await start('o-1')
    const [reserve] = await service.take(1)
    await reserve?.respond(202)
    await until(async () => (await world.store.outboxChannels()).length === 0)
    expect(await world.engine.executions.get('o-1')).toMatchObject({ node: 'Reserve', pending: [] })
    await world.engine.executions.applyEvent({ executionId: 'o-1', event: 'Reserved' })
    const [pay] = await service.take(1)
    expect(idOf(pay as ServiceRequest)).toBe('o-1:2')
    await pay?.respond(400, 'no such card')
    const [release] = await service.take(1)
    // Whether it paid is not known, so that is undone first.
    expect(JSON.parse(release?.text ?? '')).toMatchObject({ command: 'Refund' })
    await release?.respond(204)
    const [last] = await service.take(1)
    expect(JSON.parse(last?.text ?? '')).toMatchObject({ command: 'Release' })
    await last?.respond(204)
    await until(async () => isFinished(await world.engine.executions.get('o-1')))
    expect(await statusOf('o-1')).toBe('rolled-back')
  })

  test('an attempt that failed for now is made again at the time that both wish', async () => {
    await start('o-1')
    const [first] = await service.take(1)
    await first?.respond(503, '', { 'retry-after': '30' })
    await until(async () => (await world.store.nextDueAt('shop', world.clock.now())) !== undefined)
    await world.clock.advance(29_999)
    expect(await service.rest()).toEqual([])
    await world.clock.advance(1)
    const [second] = await service.take(1)
    expect(JSON.parse(second?.text ?? '')).toMatchObject({ id: 'o-1:1', attempt: 2 })
    await second?.respond(200, '{"event":"Reserved"}')
    await service.take(1).then(([pay]) => pay?.respond(200, '{"event":"Paid"}'))
    await until(async () => (await statusOf('o-1')) === 'completed')
  })

  test('orders of a service that is away wait, and all go on when it is back', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `o-${n}`)
    await Promise.all(ids.map(start))
    let isAway = true
    let refused = 0
    const serving = (async () => {
      for (let answered = 0; answered < 2 * ids.length;) {
        const [request] = await service.take(1)
        if (request === undefined) continue
        if (isAway) {
          refused += 1
          await request.respond(503)
          continue
        }
        answered += 1
        const { command } = JSON.parse(request.text)
        await request.respond(200, JSON.stringify({ event: `${command}d`.replace('Payd', 'Paid') }))
      }
    })()
    await until(() => refused >= 60)
    expect(world.engine.channels()[0]?.held).toBeLessThanOrEqual(32)
    for (let second = 0; second < 20; second += 1) await world.clock.advance(1_000)
    isAway = false
    await until(async () => {
      await world.clock.advance(1_000)
      return (await world.engine.executions.count({ status: ['completed'] })) === ids.length
    })
    await serving
    expect(refused).toBeGreaterThan(120)
    expect(await world.store.outboxChannels()).toEqual([])
  })

  test('what is answered during a stop is stored', async () => {
    await start('o-1')
    const [reserve] = await service.take(1)
    const stopped = world.engine.stop(10_000)
    await reserve?.respond(200, '{"event":"Reserved"}')
    await stopped
    expect((await world.store.readExecutions(['o-1'])).get('o-1')).toMatchObject({ node: 'Pay' })
    expect(await service.rest(), 'nothing new is begun').toEqual([])
    await world.restart()
    const [pay] = await service.take(1)
    expect(idOf(pay as ServiceRequest)).toBe('o-1:2')
  })

  test('what is not answered by then is asked again, with the same id', async () => {
    await start('o-1')
    await service.take(1)
    const stopped = world.engine.stop(1_000)
    await world.clock.advance(1_000)
    await stopped
    await world.restart()
    const [again] = await service.take(1)
    expect(idOf(again as ServiceRequest)).toBe('o-1:1')
    await again?.respond(200, '{"event":"Reserved"}')
    await service.take(1)
  })
})
