import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['1w', 604_800_000],
  ['1.5h', 5_400_000],
  ['1m500ms', 60_500],
  ['PT30S', 30_000],
  ['PT0.5S', 500],
  ['P1DT2H', 93_600_000],
  ['P2W', 1_209_600_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each([
  '',
  ' ',
  '5',
  's',
  '1x',
  '5 m',
  '-5m',
  '30s5m',
  '1m1m',
  'P',
  'PT',
  'P1Y',
  'P1M',
  'pt1s',
  '1e3s',
  '0x1s',
  '9'.repeat(100) + 's',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10 * 366 * 86_400_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    }),
  )
})
