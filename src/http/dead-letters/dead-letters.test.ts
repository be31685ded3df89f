import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewDeadLetter } from '../../store/store.ts'
import { type Api, apiOf } from '../test/api.ts'
import { orderFlow, startTestServer, type TestServer } from '../test/test-server.ts'

let server: TestServer
let api: Api

beforeAll(async () => {
  server = await startTestServer()
  api = apiOf(server.http)
  await api.postText('/api/flows', orderFlow, 'application/yaml')
})

afterAll(async () => {
  await server.close()
})

let position = 0

async function putLetter(letter: Partial<NewDeadLetter> = {}): Promise<number> {
  position += 1
  await server.store.putDeadLetters([
    {
      channel: 'shop',
      source: 'shop:topic/0',
      position,
      receivedAt: 1_000,
      code: 'EXECUTION_NOT_FOUND',
      detail: 'expected an execution, found none',
      key: 'letter-1',
      value: '{"messageLabel":"InventoryCheckOK","messagePayload":{"shelf":7}}',
      encoding: 'utf8',
      headers: { source: 'test' },
      ...letter,
    },
  ])
  const [newest] = await server.store.listDeadLetters({ limit: 1 })
  return newest?.number ?? 0
}

async function removeAll(): Promise<void> {
  const letters = await server.store.listDeadLetters({ limit: 500 })
  await server.store.removeDeadLetters(letters.map(({ number }) => number))
}

const startOrder = (id: string) =>
  api.post('/api/executions', { flow: 'order', id, input: { orderId: id } })

describe('lists', () => {
  test('page from the newest to the oldest, by channel, without what the messages hold', async () => {
    await removeAll()
    const first = await putLetter()
    const second = await putLetter({ channel: 'mail' })
    const third = await putLetter()
    const page = await api.get('/api/dead-letters?channel=shop&limit=1')
    expect(page.body).toEqual({
      items: [
        {
          number: third,
          channel: 'shop',
          source: 'shop:topic/0',
          position,
          receivedAt: '1970-01-01T00:00:01.000Z',
          code: 'EXECUTION_NOT_FOUND',
          detail: 'expected an execution, found none',
          key: 'letter-1',
          valueBytes: 64,
        },
      ],
      nextBefore: third,
      counts: { shop: 2, mail: 1 },
    })
    const next = await api.get(`/api/dead-letters?channel=shop&limit=2&before=${third}`)
    expect(next.body.items).toMatchObject([{ number: first }])
    expect(next.body.nextBefore).toBeUndefined()
    const shown = await api.get(`/api/dead-letters/${second}`)
    expect(shown.body).toMatchObject({
      number: second,
      channel: 'mail',
      value: expect.stringContaining('"shelf":7'),
      encoding: 'utf8',
      headers: { source: 'test' },
    })
  })

  test('a number that is not there is told', async () => {
    for (const answer of [
      await api.get('/api/dead-letters/999999'),
      await api.post('/api/dead-letters/999999/resend', {}),
      await api.delete('/api/dead-letters/999999'),
    ]) {
      expect(answer.status).toBe(404)
      expect(answer.body.code).toBe('DEAD_LETTER_NOT_FOUND')
    }
    expect((await api.get('/api/dead-letters/x')).status).toBe(400)
    expect((await api.get('/api/dead-letters/0')).status).toBe(400)
  })
})

describe('sent again', () => {
  test('it is refused until its reason is gone; then it is applied and removed', async () => {
    const number = await putLetter({ key: 'letter-2' })
    const refused = await api.post(`/api/dead-letters/${number}/resend`, {})
    expect([refused.status, refused.body.code]).toEqual([404, 'EXECUTION_NOT_FOUND'])
    expect((await api.get(`/api/dead-letters/${number}`)).status).toBe(200)

    await startOrder('letter-2')
    const answered = await api.post(`/api/dead-letters/${number}/resend`, {})
    expect(answered.body).toEqual({
      applied: true,
      removed: true,
      execution: 'letter-2',
      node: 'InventoryChecked',
      status: 'waiting',
    })
    expect((await api.get(`/api/dead-letters/${number}`)).status).toBe(404)
  })

  test('what the body says is taken instead of what is missing', async () => {
    await startOrder('letter-3')
    const number = await putLetter({ key: 'nobody', value: 'no JSON' })
    const unreadable = await api.post(`/api/dead-letters/${number}/resend`, {})
    expect([unreadable.status, unreadable.body.code]).toEqual([422, 'DEAD_LETTER_UNREADABLE'])
    const answered = await api.post(`/api/dead-letters/${number}/resend`, {
      execution: 'letter-3',
      event: 'InventoryCheckOK',
      data: null,
    })
    expect(answered.body).toMatchObject({ applied: true, removed: true, execution: 'letter-3' })
  })

  test('several at once, each with its own answer', async () => {
    await startOrder('letter-4')
    const good = await putLetter({ key: 'letter-4' })
    const bad = await putLetter({ key: 'nobody' })
    const answered = await api.post('/api/dead-letters/resend', { numbers: [bad, good, 999_999] })
    expect(answered.body.items).toEqual([
      expect.objectContaining({ number: good, applied: true, removed: true }),
      {
        number: bad,
        applied: false,
        removed: false,
        code: 'EXECUTION_NOT_FOUND',
        detail: "expected the id of an execution, found 'nobody'",
      },
    ])
    expect((await api.post('/api/dead-letters/remove', { numbers: [bad, good] })).body).toEqual({
      removed: 1,
    })
  })
})

test('it is removed for good', async () => {
  const number = await putLetter()
  expect((await api.delete(`/api/dead-letters/${number}`)).body).toEqual({ removed: 1 })
  expect((await api.delete(`/api/dead-letters/${number}`)).status).toBe(404)
})
