import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderFlow, startTestServer, type TestServer } from '../test/test-server.ts'
import { type Api, apiOf } from '../test/api.ts'

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

/** Starts an order of its own. */
async function startOrder(orderId: string, input: object = {}): Promise<string> {
  const started = await api.post('/api/executions', {
    flow: 'order',
    input: { orderId, items: ['book'], ...input },
  })
  expect(started.status).toBe(201)
  return started.body.id
}

/** Takes commands until there is one of this execution. */
// oxlint-disable-next-line typescript/no-explicit-any -- JSON of an answer, whose shape is what is tested
async function leaseFor(executionId: string): Promise<any> {
  for (;;) {
    const leased = await api.post('/api/channels/shop/lease', {
      worker: 'w',
      max: 500,
      waitMs: 5_000,
    })
    const own = leased.body.find(
      ({ execution }: { execution: string }) => execution === executionId,
    )
    if (own !== undefined) return own
  }
}

describe('starting an execution', () => {
  test('answers with the whole execution and where it is', async () => {
    const started = await api.post('/api/executions', {
      flow: 'order',
      input: { orderId: 'start-1', items: [] },
    })
    expect(started.status).toBe(201)
    expect(started.headers['location']).toBe(`/api/executions/${started.body.id}`)
    expect(started.body).toMatchObject({
      flow: 'order',
      version: 1,
      kind: 'saga',
      key: 'start-1',
      status: 'waiting',
      node: 'OrderCreated',
      stage: 'open',
      state: { orderId: 'start-1', items: [] },
      compensations: [],
      children: [],
    })
    expect(new Date(started.body.startedAt).toISOString()).toBe(started.body.startedAt)
    expect(started.body.waitingFor.map(({ text }: { text: string }) => text)).toContain(
      'the event InventoryCheckOK',
    )
  })

  test('the same id again gives the execution that is there', async () => {
    const body = { flow: 'order', id: 'order-same-id', input: { orderId: 'same-id' } }
    const first = await api.post('/api/executions', body)
    const second = await api.post('/api/executions', body)
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.body.id).toBe('order-same-id')
    expect(second.body.revision).toBe(first.body.revision)
  })

  test('an Idempotency-Key stands for an id', async () => {
    const body = { flow: 'order', input: { orderId: 'idempotent' } }
    const headers = { 'idempotency-key': 'request 1' }
    const first = await api.post('/api/executions', body, headers)
    const second = await api.post('/api/executions', body, headers)
    const other = await api.post('/api/executions', body, { 'idempotency-key': 'request 2' })
    expect([first.status, second.status, other.status]).toEqual([201, 200, 201])
    expect(second.body.id).toBe(first.body.id)
    expect(other.body.id).not.toBe(first.body.id)
    expect(first.body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)
  })

  test('with waitMs it answers when the execution has ended', async () => {
    const answer = api.post('/api/executions?waitMs=20000', {
      flow: 'order',
      id: 'waited-for',
      input: { orderId: 'waited-for' },
    })
    const command = await leaseFor('waited-for')
    expect(command).toMatchObject({ command: 'CheckInventory', attempt: 1, flow: 'order' })
    await api.post('/api/channels/shop/results', {
      results: [{ id: command.id, event: 'InventoryCheckKO' }],
    })
    const ended = await answer
    expect(ended.body).toMatchObject({ status: 'failed', node: 'OrderFailed', waitingFor: [] })
    expect(ended.body.finishedAt).toBeDefined()
  })

  test('view=summary leaves the data out', async () => {
    const started = await api.post('/api/executions?view=summary', {
      flow: 'order',
      input: { orderId: 'summary' },
    })
    expect(started.body).not.toHaveProperty('state')
    expect(started.body).toMatchObject({ node: 'OrderCreated', status: 'waiting' })
  })

  test.each([
    ['an unknown flow', { flow: 'nowhere' }, 404, 'FLOW_NOT_FOUND'],
    ['an unknown version', { flow: 'order', version: 99 }, 404, 'FLOW_VERSION_NOT_FOUND'],
    ['an id of no characters', { flow: 'order', id: '' }, 400, 'REQUEST_INVALID'],
    ['input that is no object', { flow: 'order', input: [] }, 400, 'REQUEST_INVALID'],
    ['express mode', { flow: 'order', mode: 'express' }, 400, 'REQUEST_INVALID'],
  ])('refuses %s', async (_what, body, status, code) => {
    const refused = await api.post('/api/executions', body)
    expect(refused.status).toBe(status)
    expect(refused.body.code).toBe(code)
  })
})

describe('reading', () => {
  test('secrets are masked everywhere', async () => {
    const id = await startOrder('secret', { card: { number: '4111', holder: 'somebody' } })
    const shown = await api.get(`/api/executions/${id}`)
    expect(shown.body.state.card).toEqual({ number: '***', holder: 'somebody' })
    const journal = await api.get(`/api/executions/${id}/journal`)
    expect(journal.text).not.toContain('4111')
    expect(journal.text).toContain('***')
    // The worker needs it.
    const leased = await api.post('/api/channels/shop/lease', { worker: 'w', max: 500 })
    expect(leased.text).toContain('4111')
  })

  test('the journal is paged, and shows the state as of a fact', async () => {
    const id = await startOrder('journal')
    await api.post(`/api/executions/${id}/events`, { event: 'InventoryCheckOK', data: { seen: 1 } })
    const all = await api.get(`/api/executions/${id}/journal`)
    const { items } = all.body
    expect(items[0]).toMatchObject({ sequence: 1, kind: 'started' })
    const sequences = items.map(({ sequence }: { sequence: number }) => sequence)
    expect(sequences).toEqual(sequences.map((_: number, index: number) => index + 1))

    const first = await api.get(`/api/executions/${id}/journal?limit=2`)
    const second = await api.get(
      `/api/executions/${id}/journal?limit=500&cursor=${first.body.nextCursor}`,
    )
    expect([...first.body.items, ...second.body.items]).toEqual(items)

    const asOf = await api.get(`/api/executions/${id}/journal?at=1`)
    expect(asOf.body.revision).toBe(1)
    expect(asOf.body.state).not.toHaveProperty('seen')
    const beyond = await api.get(`/api/executions/${id}/journal?at=${items.length + 1}`)
    expect(beyond.body.code).toBe('REQUEST_INVALID')
    const odd = await api.get(`/api/executions/${id}/journal?cursor=x`)
    expect(odd.body.code).toBe('CURSOR_INVALID')
  })

  test('lists by filter, page after page', async () => {
    for (const number of [1, 2, 3]) await startOrder(`list-${number}`, { customer: 'Lister' })
    const byKey = await api.get('/api/executions?flow=order&key=list-2')
    expect(byKey.body.items.map(({ key }: { key: string }) => key)).toEqual(['list-2'])
    expect(byKey.body.items[0]).not.toHaveProperty('state')
    const full = await api.get('/api/executions?key=list-2&view=full')
    expect(full.body.items[0].state.customer).toBe('Lister')

    const first = await api.get('/api/executions?q=lister&limit=2&status=waiting,running')
    expect(first.body.items).toHaveLength(2)
    const second = await api.get(
      `/api/executions?q=lister&limit=2&status=waiting&status=running&cursor=${encodeURIComponent(first.body.nextCursor)}`,
    )
    expect(second.body.items).toHaveLength(1)
    expect(second.body).not.toHaveProperty('nextCursor')

    const none = await api.get('/api/executions?q=lister&startedAfter=2999-01-01T00:00:00Z')
    expect(none.body.items).toEqual([])
    const bad = await api.get('/api/executions?status=sleeping')
    expect(bad.body.code).toBe('REQUEST_INVALID')
    expect(bad.body.detail).toContain('"sleeping"')
  })

  test('an execution that is not there', async () => {
    for (const path of ['', '?waitMs=10', '/journal']) {
      const missing = await api.get(`/api/executions/nobody${path}`)
      expect(missing.status).toBe(404)
      expect(missing.body.code).toBe('EXECUTION_NOT_FOUND')
    }
  })
})

describe('events', () => {
  test('are applied, and an id makes them idempotent', async () => {
    const id = await startOrder('event')
    const event = { event: 'InventoryCheckOK', data: { shelf: 7 }, id: 'message-1' }
    const first = await api.post(`/api/executions/${id}/events`, event)
    expect(first.body).toEqual({
      applied: true,
      execution: id,
      node: 'InventoryChecked',
      status: 'waiting',
    })
    const second = await api.post(`/api/executions/${id}/events`, event)
    expect(second.status).toBe(200)
    const shown = await api.get(`/api/executions/${id}`)
    expect(shown.body.state.shelf).toBe(7)
    expect(shown.body.node).toBe('InventoryChecked')
  })

  test('that the node does not expect are told why', async () => {
    const id = await startOrder('early')
    const early = await api.post(`/api/executions/${id}/events`, { event: 'ShipmentOK' })
    expect(early.body).toMatchObject({ applied: false, reason: 'early' })
    const unknown = await api.post(`/api/executions/${id}/events`, { event: 'Nonsense' })
    expect(unknown.body).toMatchObject({ applied: false, reason: 'unknown' })
  })

  test('are addressed by flow and key', async () => {
    const id = await startOrder('by-key')
    const answer = await api.post('/api/events', {
      flow: 'order',
      key: 'by-key',
      event: 'InventoryCheckOK',
    })
    expect(answer.body).toMatchObject({ applied: true, execution: id })
    const missing = await api.post('/api/events', { flow: 'order', key: 'no', event: 'X' })
    expect(missing.body.code).toBe('EXECUTION_NOT_FOUND')
  })
})

describe("operators' acts", () => {
  const header = { 'x-signalbox-actor': 'night shift' }

  test('need a reason', async () => {
    const id = await startOrder('no-reason')
    const refused = await api.post(`/api/executions/${id}/cancel`, {})
    expect(refused.status).toBe(400)
    expect(refused.body.detail).toContain('expected the property "reason"')
  })

  test('are facts with actor and reason', async () => {
    const id = await startOrder('acts')
    const paused = await api.post(`/api/executions/${id}/pause`, { reason: 'wait' }, header)
    expect(paused.body.status).toBe('paused')
    expect(paused.body.waitingFor[0].kind).toBe('operator')
    const again = await api.post(`/api/executions/${id}/pause`, { reason: 'wait' })
    expect(again.status).toBe(409)
    expect(again.body.code).toBe('ALREADY_PAUSED')
    await api.post(`/api/executions/${id}/resume`, { reason: 'go on' })
    const moved = await api.post(`/api/executions/${id}/move`, {
      reason: 'counted by hand',
      node: 'InventoryChecked',
    })
    expect(moved.body.node).toBe('InventoryChecked')
    const cancelled = await api.post(`/api/executions/${id}/cancel`, { reason: 'enough' })
    expect(cancelled.body.status).toBe('cancelled')
    const journal = await api.get(`/api/executions/${id}/journal`)
    const act = journal.body.items.find(({ kind }: { kind: string }) => kind === 'paused')
    expect(act.act).toEqual({ actor: 'night shift', reason: 'wait' })
  })

  test('dryRun shows what would happen and changes nothing', async () => {
    const id = await startOrder('rehearse')
    await api.post(`/api/executions/${id}/events`, { event: 'InventoryCheckOK' })
    const before = await api.get(`/api/executions/${id}`)
    const rehearsed = await api.post(`/api/executions/${id}/rollback`, {
      reason: 'what if',
      dryRun: true,
    })
    expect(rehearsed.body.dryRun).toBe(true)
    expect(rehearsed.body.execution.status).toBe('compensating')
    expect(rehearsed.body.commands.map(({ command }: { command: string }) => command)).toContain(
      'RefundPayment',
    )
    const after = await api.get(`/api/executions/${id}`)
    expect(after.body).toEqual(before.body)
    const refused = await api.post(`/api/executions/${id}/resume`, { reason: 'x', dryRun: true })
    expect(refused.body.code).toBe('NOT_PAUSED')
  })

  test('on many: a dry run freezes the set, the act touches nothing else', async () => {
    const ids = [
      await startOrder('bulk-1', { customer: 'Bulky' }),
      await startOrder('bulk-2', { customer: 'Bulky' }),
    ]
    const action = { kind: 'cancel', reason: 'recall' }
    const dryRun = await api.post('/api/executions/bulk', {
      filter: { q: 'bulky', status: ['waiting'] },
      action,
      dryRun: true,
    })
    expect(dryRun.body).toMatchObject({ dryRun: true, count: 2 })
    expect(dryRun.body.sample.map(({ id }: { id: string }) => id).toSorted()).toEqual(
      ids.toSorted(),
    )
    const later = await startOrder('bulk-3', { customer: 'Bulky' })
    await api.post(`/api/executions/${ids[0]}/cancel`, { reason: 'was first' })

    const { set } = dryRun.body
    const done = await api.post('/api/executions/bulk', { set, action, dryRun: false })
    expect(done.body).toMatchObject({ dryRun: false, count: 2, applied: 1 })
    expect(done.body.failed).toMatchObject([{ id: ids[0], code: 'EXECUTION_FINISHED' }])
    expect((await api.get(`/api/executions/${later}`)).body.status).toBe('waiting')
    const made = await api.post('/api/executions/bulk', { set: 'up', action, dryRun: false })
    expect(made.body.code).toBe('BULK_SET_NOT_FOUND')
    const blind = await api.post('/api/executions/bulk', { filter: {}, action, dryRun: false })
    expect(blind.body.code).toBe('REQUEST_INVALID')
  })
})

test.each(['.', '..'])('an id that no path can name is refused: %s', async (id) => {
  const input = { orderId: `order ${id}`, items: ['book'] }
  const refused = await api.post('/api/executions', { flow: 'order', id, input })
  expect(refused.status).toBe(400)
  expect(refused.body.detail).toContain('not "." or ".."')
})

test.each(['...', '.a', 'a/b', '../x', '__proto__', '😀'])('an odd id is an id: %s', async (id) => {
  const input = { orderId: `order ${id}`, items: ['book'] }
  expect((await api.post('/api/executions', { flow: 'order', id, input })).status).toBe(201)
  const found = await api.get(`/api/executions/${encodeURIComponent(id)}`)
  expect(found.body.id).toBe(id)
})
