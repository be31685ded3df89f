import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NewDeadLetter } from '../store/store.ts'
import { openEngine, type TestEngine } from './test/open-engine.ts'

const flow = `saga: parcel
channel: shop
states:
  Waiting: { on: { Weighed: Sent } }
  Sent: { on: { Delivered: Done } }
  Done: { final: success }
`

let opened: TestEngine

beforeEach(async () => {
  opened = await openEngine('memory')
  await opened.publish(flow)
})
afterEach(() => opened.close())

let position = 0

/** Stores a message as the Kafka channel would, and answers with its number. */
async function putLetter(letter: Partial<NewDeadLetter>): Promise<number> {
  position += 1
  await opened.store.putDeadLetters([
    {
      channel: 'shop',
      source: 'shop:events/0',
      position,
      receivedAt: 0,
      code: 'EXECUTION_NOT_FOUND',
      detail: 'expected an execution, found none',
      key: 'p-1',
      value: JSON.stringify({ messageLabel: 'Weighed', messagePayload: { grams: 12 } }),
      encoding: 'utf8',
      headers: {},
      ...letter,
    },
  ])
  const [newest] = await opened.engine.deadLetters.list({ limit: 1 })
  return newest?.number ?? 0
}

async function start(id = 'p-1'): Promise<void> {
  await opened.engine.executions.start({ flow: 'parcel', id })
}

const numbersLeft = async () =>
  (await opened.engine.deadLetters.list({ limit: 100 })).map(({ number }) => number)

describe('a dead letter that is sent again', () => {
  test('is applied once its reason is gone, and removed', async () => {
    const number = await putLetter({})
    await expect(opened.engine.deadLetters.resend(number)).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    })
    expect(await numbersLeft()).toEqual([number])

    await start()
    const answered = await opened.engine.deadLetters.resend(number)
    expect(answered).toMatchObject({
      removed: true,
      answer: { applied: true },
      execution: { node: 'Sent', state: { grams: 12 } },
    })
    expect(await numbersLeft()).toEqual([])
    await expect(opened.engine.deadLetters.resend(number)).rejects.toMatchObject({
      code: 'DEAD_LETTER_NOT_FOUND',
    })
  })

  test('stays where its event is late, and says so', async () => {
    await start()
    await opened.engine.executions.applyEvent({ executionId: 'p-1', event: 'Weighed' })
    const number = await putLetter({})
    expect(await opened.engine.deadLetters.resend(number)).toMatchObject({
      removed: false,
      answer: { applied: false, reason: 'late' },
    })
    expect(await numbersLeft()).toEqual([number])
  })

  test('is applied once, though the removal failed the first time', async () => {
    await start()
    const number = await putLetter({})
    const letter = await opened.engine.deadLetters.get(number)
    await opened.engine.deadLetters.resend(number)
    // As after a crash between the two: the event is applied, the letter is there.
    await opened.store.putDeadLetters([letter])
    const [again] = await opened.engine.deadLetters.list({ limit: 1 })
    const revision = (await opened.engine.executions.get('p-1')).revision
    await opened.engine.deadLetters.resend(again?.number ?? 0)
    expect((await opened.engine.executions.get('p-1')).revision).toBe(revision)
    expect(await numbersLeft()).toEqual([])
  })

  test('is a repeat of the event with the same message id', async () => {
    await start()
    await opened.engine.executions.applyEvent({
      executionId: 'p-1',
      event: 'Weighed',
      messageId: 'm-1',
    })
    const number = await putLetter({ headers: { 'message-id': 'm-1' } })
    expect(await opened.engine.deadLetters.resend(number)).toMatchObject({
      removed: true,
      answer: { applied: true },
    })
    const { facts } = await opened.engine.executions.journal('p-1', { after: 0, limit: 100 })
    expect(facts.filter(({ fact }) => fact.kind === 'event-applied')).toHaveLength(1)
  })

  test('takes what a person says instead of what is missing in it', async () => {
    await start()
    const { key: _key, ...withoutKey } = await opened.engine.deadLetters.get(
      await putLetter({ value: 'not JSON' }),
    )
    await opened.store.removeDeadLetters([withoutKey.number])
    await opened.store.putDeadLetters([withoutKey])
    const [letter] = await opened.engine.deadLetters.list({ limit: 1 })
    const number = letter?.number ?? 0
    await expect(opened.engine.deadLetters.resend(number)).rejects.toThrow(
      `expected the id of an execution as its key in dead letter ${number}, found none`,
    )
    const correction = { executionId: 'p-1', event: 'Weighed', data: { grams: 1 } }
    expect(await opened.engine.deadLetters.resend(number, correction)).toMatchObject({
      removed: true,
      execution: { node: 'Sent', state: { grams: 1 } },
    })
  })
})

test.each<[string, Partial<NewDeadLetter>, string]>([
  ['bytes that are no text', { encoding: 'base64', value: '/w==' }, 'a value in UTF-8'],
  ['no JSON', { value: '{' }, 'expected JSON'],
  ['a list', { value: '[]' }, 'an object { messageLabel, messagePayload }'],
  ['no label', { value: '{}' }, 'the name of an event in messageLabel'],
  [
    'too deep',
    { value: `{"messageLabel":"Weighed","messagePayload":${'['.repeat(70)}${']'.repeat(70)}}` },
    'at most 64 levels of nesting',
  ],
  [
    'a list for its data',
    { value: '{"messageLabel":"Weighed","messagePayload":[1]}' },
    'an object in messagePayload',
  ],
  [
    'a key that reaches the prototype',
    { value: '{"messageLabel":"Weighed","messagePayload":{"__proto__":{}}}' },
    'keys that are plain data',
  ],
])('%s cannot be sent again as it is', async (_name, letter, expected) => {
  await start()
  const number = await putLetter(letter)
  await expect(opened.engine.deadLetters.resend(number)).rejects.toMatchObject({
    code: 'DEAD_LETTER_UNREADABLE',
    detail: expect.stringContaining(expected),
  })
  expect(await numbersLeft()).toEqual([number])
})

test('several are sent again in the order in which they came, those refused stay', async () => {
  await start()
  const first = await putLetter({})
  const second = await putLetter({ value: JSON.stringify({ messageLabel: 'Delivered' }) })
  const unknown = await putLetter({ key: 'nobody' })
  const outcomes = await opened.engine.deadLetters.resendAll([unknown, second, first])
  expect(outcomes).toMatchObject([
    { number: first, kind: 'answered', answer: { removed: true } },
    { number: second, kind: 'answered', answer: { removed: true, execution: { node: 'Done' } } },
    { number: unknown, kind: 'refused', code: 'EXECUTION_NOT_FOUND' },
  ])
  expect(await numbersLeft()).toEqual([unknown])
  expect(await opened.engine.deadLetters.remove([unknown, unknown, 99])).toBe(1)
  expect(await opened.engine.deadLetters.count()).toEqual(new Map())
})
