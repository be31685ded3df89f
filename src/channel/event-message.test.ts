import { expect, test } from 'vitest'
import { limits } from '../kernel/limits.ts'
import { readEventMessage } from './event-message.ts'

const read = (text: string, instead = {}) => readEventMessage(Buffer.from(text), instead)

test('no payload, and null for one, are an empty one', () => {
  const empty = { kind: 'event', event: 'Sent', data: {} }
  expect(read('{"messageLabel":"Sent"}')).toEqual(empty)
  expect(read('{"messageLabel":"Sent","messagePayload":null}')).toEqual(empty)
})

test.each([
  ['plain', '{"messageLabel":"Sent","messagePayload":{"a":[{"__proto__":{}}]}}'],
  ['escaped', '{"messageLabel":"Sent","messagePayload":{"a":[{"\\u005f_proto__":{}}]}}'],
])('a key that reaches the prototype is found: %s', (_how, text) => {
  expect(read(text)).toMatchObject({ kind: 'fault', expected: 'keys that are plain data' })
})

test('what is given instead is not looked for in the message', () => {
  const both = { kind: 'event', event: 'Weighed', data: [1] }
  expect(read('no JSON', { event: 'Weighed', data: [1] })).toEqual(both)
  expect(read('{"messageLabel":"Weighed","messagePayload":7}', { data: [1] })).toEqual(both)
  expect(read('{"messagePayload":{"a":1}}', { event: 'Weighed' })).toMatchObject({
    data: { a: 1 },
  })
})

test('names are as long as names may be', () => {
  expect(read(`{"messageLabel":"${'x'.repeat(limits.nameCharacters)}"}`)).toMatchObject({
    kind: 'event',
  })
  expect(read('{}', { event: 'x'.repeat(limits.nameCharacters + 1) })).toMatchObject({
    kind: 'fault',
    found: `${limits.nameCharacters + 1}`,
  })
})
