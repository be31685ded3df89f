import { expect, test } from 'vitest'
import { errorOfResponse } from './error-of-response.ts'

test('a problem of the server keeps all that it says', () => {
  const body = {
    type: '/errors/FLOW_INVALID',
    status: 422,
    code: 'FLOW_INVALID',
    detail: 'expected a flow without errors, found 1',
    diagnostics: [{ code: 'TARGET_UNKNOWN' }],
    retry: false,
  }
  const error = errorOfResponse(new Response(null, { status: 422 }), JSON.stringify(body))
  expect(error).toMatchObject({
    name: 'SignalboxClientError',
    message: 'FLOW_INVALID: expected a flow without errors, found 1',
    code: 'FLOW_INVALID',
    detail: 'expected a flow without errors, found 1',
    status: 422,
    retry: false,
    problem: body,
  })
})

test('the time to wait comes from the header', () => {
  const response = new Response(null, { status: 503, headers: { 'retry-after': '2' } })
  const body = { code: 'BUSY', detail: 'expected room, found none', retry: true }
  expect(errorOfResponse(response, JSON.stringify(body))).toMatchObject({
    code: 'BUSY',
    retry: true,
    retryAfterMs: 2_000,
  })
})

test.each([
  [502, '<html>Bad gateway</html>', true],
  [404, 'not here', false],
  [429, '', true],
])('an answer %i of something else is told apart', (status, text, retry) => {
  expect(errorOfResponse(new Response(null, { status }), text)).toMatchObject({
    code: 'RESPONSE_INVALID',
    detail: `expected an answer of Signalbox, found status ${status}: ${text}`,
    retry,
  })
})
