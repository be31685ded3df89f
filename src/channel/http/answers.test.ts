import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { limits } from '../../kernel/limits.ts'
import type { DeliveryReport } from '../channel.ts'
import { commandOf } from '../contract/builders.ts'
import { type OpenHttp, openHttp } from './test/open-http.ts'

let http: OpenHttp

beforeEach(async () => {
  http = await openHttp({ headers: { authorization: 'Bearer secret' } })
})
afterEach(() => http.close())

/** What the channel reports when the service answers so. */
async function reportOf(
  status: number,
  body = '',
  headers: Record<string, string> = {},
): Promise<DeliveryReport | undefined> {
  http.channel.deliver([commandOf('one', 1)])
  const [request] = await http.service.take(1)
  await request?.respond(status, body, headers)
  await http.host.reported(1)
  expect(http.host.reports).toHaveLength(1)
  return http.host.reports[0]
}

describe('the request', () => {
  test('is a POST of the command that can be recognised when it comes again', async () => {
    http.channel.deliver([commandOf('one', 1, { key: 'K-1', attempt: 2, data: { text: 'ä' } })])
    const [request] = await http.service.take(1)
    expect(request).toMatchObject({
      method: 'POST',
      path: '/commands',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': 'one:1',
        authorization: 'Bearer secret',
      },
    })
    expect(JSON.parse(request?.text ?? '')).toEqual({
      id: 'one:1',
      command: 'CheckInventory',
      execution: 'one',
      key: 'K-1',
      flow: 'order',
      data: { text: 'ä' },
      attempt: 2,
    })
    await request?.respond(204)
  })
})

describe('a 2xx answer', () => {
  test.each([
    [200, ''],
    [201, '{"id":7}'],
    [202, 'accepted, thank you'],
    [204, ''],
    [200, '{"event":""}'],
    [200, '{"event":7}'],
    [200, '["event"]'],
    [200, '{"event":"Broken"'],
    [200, `"${'\\"'.repeat(200_000)}`],
  ])('%i with body %s accepts the command', async (status, body) => {
    expect(await reportOf(status, body)).toEqual({ kind: 'accepted', commandId: 'one:1' })
  })

  test.each([
    ['{"event":"InventoryCheckOK","data":{"reserved":2}}', { reserved: 2 }],
    ['{"event":"InventoryCheckOK"}', null],
    ['{"event":"InventoryCheckOK","data":[1],"more":true}', [1]],
  ])('with %s is the event', async (body, data) => {
    const event = 'InventoryCheckOK'
    expect(await reportOf(200, body)).toEqual({ kind: 'event', commandId: 'one:1', event, data })
  })

  test('as large as allowed is read', async () => {
    const frame = JSON.stringify({ event: 'Done', data: '' })
    const data = 'x'.repeat(limits.payloadBytes - frame.length)
    const report = await reportOf(200, JSON.stringify({ event: 'Done', data }))
    expect(report).toMatchObject({ kind: 'event', data })
  })

  test.each([
    ['one byte larger', 'x'.repeat(limits.payloadBytes + 1)],
    ['far larger', 'x'.repeat(8 * limits.payloadBytes)],
    ['nested too deep', nested(limits.jsonDepth + 1)],
    ['nested so deep that a reader would give up', nested(200_000)],
  ])('%s fails for good: asking again would bring it again', async (_title, body) => {
    expect(await reportOf(200, body)).toMatchObject({
      kind: 'failed',
      code: 'HTTP_ANSWER_UNREADABLE',
      retryable: false,
    })
  })

  test('nested as deep as allowed is read; brackets in texts do not count', async () => {
    const text = '[{'.repeat(100)
    const body = `{"event":"Done","data":{"text":"\\"${text}","list":${nested(limits.jsonDepth - 2)}}}`
    expect(await reportOf(200, body)).toMatchObject({ kind: 'event', event: 'Done' })
  })
})

describe('an answer that says no', () => {
  test.each([400, 401, 403, 404, 409, 410, 413, 422])('%i is for good', async (status) => {
    expect(await reportOf(status, 'the address is unknown')).toEqual({
      kind: 'failed',
      commandId: 'one:1',
      code: `HTTP_${status}`,
      message: `expected a 2xx answer, found ${status}: the address is unknown`,
      retryable: false,
    })
  })

  test.each([408, 425, 429, 500, 501, 502, 503, 504, 599])('%i is for now', async (status) => {
    expect(await reportOf(status)).toMatchObject({ code: `HTTP_${status}`, retryable: true })
  })

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const location = `${http.service.url}/elsewhere`
    expect(await reportOf(status, '', { location })).toMatchObject({
      code: `HTTP_${status}`,
      retryable: false,
    })
    expect(await http.service.rest()).toEqual([])
  })

  test('quotes the beginning of what was said', async () => {
    const report = await reportOf(500, 'x'.repeat(100_000))
    expect(report).toMatchObject({ message: expect.stringMatching(/: x{200}$/) })
  })

  test('keeps its status however much it says', async () => {
    expect(await reportOf(422, 'x'.repeat(limits.payloadBytes * 2))).toMatchObject({
      code: 'HTTP_422',
      retryable: false,
    })
  })
})

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    ['99999999999999999999', limits.timerMs],
  ])('%s, in seconds', async (header, retryAfterMs) => {
    expect(await reportOf(503, '', { 'retry-after': header })).toMatchObject({ retryAfterMs })
  })

  test.each([
    [90_000, 90_000],
    [-90_000, 0],
  ])('as a date %i ms from now', async (delayMs, expectedMs) => {
    const at = new Date(http.clock.now() + delayMs).toUTCString()
    const report = await reportOf(429, '', { 'retry-after': at })
    expect(report).toMatchObject({ retryAfterMs: expectedMs })
  })

  test.each(['', 'soon', '-5', '1.5x', '0x10'])('%j is not understood', async (header) => {
    const report = await reportOf(503, '', { 'retry-after': header })
    expect(report).not.toHaveProperty('retryAfterMs')
    expect(report).toMatchObject({ retryable: true })
  })
})

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}
