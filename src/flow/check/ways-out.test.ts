import { describe, expect, test } from 'vitest'
import { checkStates, checkText, placesOf, sagaOf } from './test/check-text.ts'

const ends = `
  Done: { final: success }
  Failed: { final: failure }
`

describe('NODE_UNREACHABLE', () => {
  test.each([
    ['a state to which nothing leads', '  Lost: { final: failure }', ['states.Lost']],
    [
      'a circle beside the flow',
      '  X: { on: { A: Y }, after: { 1h: Done } }\n  Y: { on: { A: X }, after: { 1h: Done } }',
      ['states.X', 'states.Y'],
    ],
    ['nothing else', '', []],
  ])('finds %s', (_what, extra, expected) => {
    const checked = checkStates(
      `  A: { on: { B: Done }, after: { 1h: { rollback: Failed } } }${ends}${extra}`,
    )
    expect(placesOf(checked, 'NODE_UNREACHABLE')).toEqual(expected)
  })

  test('counts every kind of way: event, timer, condition, rollback, failure policy', () => {
    const states = `
  A: { send: DoA, undo: UndoA, on: { B: ByEvent }, after: { 1h: ByTimer } }
  ByEvent: { next: ByCondition }
  ByTimer: { after: { 1h: { rollback: ByRollback } } }
  ByCondition: { final: success }
  ByFailure: { final: failure }
  ByRollback: { final: failure }`
    const checked = checkText(sagaOf(states, 'onFailure: { fail: ByFailure }\n'))
    expect(placesOf(checked, 'NODE_UNREACHABLE')).toEqual([])
  })
})

describe('DEAD_END', () => {
  test.each([
    ['no way out', '{ send: DoA }', ['states.A']],
    ['only ways that stay', '{ on: { B: { stay: true } } }', ['states.A']],
    ['a way out by event', '{ on: { B: Done } }', []],
    ['a way out by timer', '{ after: { 1h: Done } }', []],
    ['a way out by condition', '{ next: Done }', []],
    ['a rollback without a target', '{ after: { 1h: { rollback: true } } }', []],
    ['an end', '{ final: success }', []],
  ])('%s', (_what, state, expected) => {
    expect(placesOf(checkStates(`  A: ${state}${ends}`), 'DEAD_END')).toEqual(expected)
  })
})

describe('NO_WAY_TO_FINAL', () => {
  test.each([
    ['two states that only lead to each other', 'B', 'A', ['states.A']],
    ['a state that leads only to itself', 'A', 'Done', ['states.A']],
    ['a way out of the circle', 'B', 'Done', []],
  ])('%s', (_what, fromA, fromB, expected) => {
    const states = `  A: { on: { X: ${fromA} }, after: { 1h: ${fromA} } }\n  B: { after: { 1h: ${fromB} } }${ends}`
    expect(placesOf(checkStates(states), 'NO_WAY_TO_FINAL')).toEqual(expected)
  })

  test('reports the circle, not the states that lead into it', () => {
    const states = `
  Start: { after: { 1h: A } }
  A: { after: { 1h: B } }
  B: { after: { 1h: A } }${ends}`
    expect(placesOf(checkStates(states), 'NO_WAY_TO_FINAL')).toEqual(['states.A'])
  })

  test('a dead end is reported as such, a rollback without a target is an end', () => {
    const deadEnd = checkStates(`  A: { after: { 1h: B } }\n  B: { send: DoB }${ends}`)
    expect(placesOf(deadEnd, 'NO_WAY_TO_FINAL')).toEqual([])
    const rollback = checkStates(`  A: { on: { X: A }, after: { 1h: { rollback: true } } }`)
    expect(placesOf(rollback, 'NO_WAY_TO_FINAL')).toEqual([])
  })
})

describe('FINAL_WITH_WAYS_OUT', () => {
  test.each([
    ['events', 'on: { X: Failed }', ['states.Done.on']],
    ['timers', 'after: { 1h: Failed }', ['states.Done.after']],
    ['conditions', 'next: Failed', ['states.Done.next']],
    ['a last command', 'send: Thank', []],
  ])('%s', (_what, attribute, expected) => {
    const states = `
  A: { after: { 1h: Done } }
  Done: { final: success, ${attribute} }
  Failed: { final: failure }`
    expect(placesOf(checkStates(states), 'FINAL_WITH_WAYS_OUT')).toEqual(expected)
  })
})
