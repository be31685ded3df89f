import { describe, expect, test } from 'vitest'
import { GuardOracle } from './guard-oracle.ts'

/** Every way in which these guards of one choice can turn out. */
function outcomesOf(guards: readonly string[], runsMax = 100): readonly string[] {
  const oracle = new GuardOracle()
  const outcomes: string[] = []
  oracle.enumerate(() => {
    outcomes.push(guards.map((guard) => (oracle.answer('choice', guard) ? '1' : '0')).join(''))
  }, runsMax)
  return outcomes.toSorted()
}

describe('GuardOracle', () => {
  test.each([
    [['a'], ['0', '1']],
    [
      ['a', 'b'],
      ['00', '01', '10', '11'],
    ],
    [
      ['a', 'a'],
      ['00', '11'],
    ],
    [
      ['a == 1', 'a  ==  1'],
      ['00', '11'],
    ],
    [
      ['a', '!a'],
      ['01', '10'],
    ],
    [
      ['!(a && b)', 'a && b'],
      ['01', '10'],
    ],
    [
      ['a >= 100', 'a < 100'],
      ['01', '10'],
    ],
    [
      ['a == 1', 'a != 1'],
      ['01', '10'],
    ],
    [
      ['a > 5', '5 >= a'],
      ['01', '10'],
    ],
    // Not each other's opposite: both may fail.
    [
      ['a > 5', 'a < 5'],
      ['00', '01', '10', '11'],
    ],
    [['true'], ['1']],
    [
      ['false', 'a'],
      ['00', '01'],
    ],
  ])('%j can turn out as %j', (guards, expected) => {
    expect(outcomesOf(guards)).toEqual(expected)
  })

  test('guards of different choices are independent, as the data may have changed between', () => {
    const oracle = new GuardOracle()
    let runs = 0
    oracle.enumerate(() => {
      oracle.answer('one', 'a')
      oracle.answer('two', 'a')
      runs += 1
    }, 100)
    expect(runs).toBe(4)
  })

  test('is bounded, and says so', () => {
    const oracle = new GuardOracle()
    const guards = Array.from({ length: 12 }, (_, index) => `g${index}`)
    const all = (runsMax: number) =>
      oracle.enumerate(() => {
        for (const guard of guards) oracle.answer('choice', guard)
      }, runsMax)
    expect(all(4_096)).toEqual({ complete: true })
    expect(all(4_095)).toEqual({ complete: false })
  })
})
