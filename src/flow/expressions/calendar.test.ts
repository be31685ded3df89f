import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysInMonth, fromMillis, isoText, toMillis } from './calendar.ts'

const years = {
  min: Date.parse('0000-01-01T00:00:00Z'),
  max: Date.parse('9999-12-31T23:59:59.999Z'),
}

test('the calendar agrees with the platform, and there and back is the same', () => {
  fc.assert(
    fc.property(fc.integer(years), (ms) => {
      const date = fromMillis(ms)
      expect(isoText(ms)).toBe(new Date(ms).toISOString())
      expect(date.weekday).toBe(new Date(ms).getUTCDay())
      expect(toMillis(date)).toBe(ms)
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  [2023, 2, 28],
  [2024, 2, 29],
  [1900, 2, 28],
  [2000, 2, 29],
  [2025, 12, 31],
  [2025, 4, 30],
])('%i-%i has %i days', (year, month, days) => {
  expect(daysInMonth(year, month)).toBe(days)
})
