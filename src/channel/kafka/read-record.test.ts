import { describe, expect, test } from 'vitest'
import { letterOf, type RawRecord, readRecord } from './read-record.ts'

type Headers = RawRecord['headers']

const recordOf = (key: string | Buffer, headers: readonly (readonly [string, Buffer])[] = []) => ({
  key: Buffer.from(key),
  value: Buffer.from('{"messageLabel":"Packed"}'),
  headers: headers.map(([name, value]) => [Buffer.from(name), value]) as unknown as Headers,
})

describe('a message id', () => {
  test('that is no text is refused: two of them would look the same', () => {
    for (const byte of [0xfe, 0xff]) {
      expect(readRecord(recordOf('one', [['message-id', Buffer.from([byte])]]))).toMatchObject({
        kind: 'poison',
        code: 'EVENT_UNREADABLE',
        detail: 'expected a message-id in UTF-8, found other bytes',
      })
    }
  })

  test('that is a text is taken as it is', () => {
    expect(readRecord(recordOf('one', [['message-id', Buffer.from('ä-1')]]))).toMatchObject({
      kind: 'event',
      event: { executionId: 'one', messageId: 'ä-1' },
    })
  })
})

describe('what is kept of a record that cannot be applied', () => {
  test('is no more than people read, beside the value', () => {
    const long = 'x'.repeat(500_000)
    const headers = Array.from({ length: 5_000 }, (_, n) => [`h${n}`, Buffer.from('1')] as const)
    const letter = letterOf(recordOf(long, [[long, Buffer.from(long)], ...headers]))
    expect(JSON.stringify(letter).length).toBeLessThan(10_000)
    expect(Object.keys(letter.headers)).toHaveLength(100)
  })

  test('is refused again, though its key was cut', () => {
    const { key = '' } = letterOf(recordOf('k'.repeat(500_000)))
    expect(readRecord(recordOf(key))).toMatchObject({ kind: 'poison', code: 'EVENT_UNREADABLE' })
  })
})
