import { expect, test } from 'vitest'
import { checkStates, checkText, fixedText, markedText, placesOf } from './test/check-text.ts'

const ends = `
  Done: { final: success }
  Failed: { final: failure }
`

test.each([
  ['an event is waited for without a timer', '{ on: { X: Done } }', ['states.A']],
  ['a timer only reminds', '{ on: { X: Done }, after: { 1h: { stay: true } } }', ['states.A']],
  ['there is a timer', '{ on: { X: Done }, after: { 1h: Failed } }', []],
  [
    'the timer has a guard',
    '{ on: { X: Done }, after: { 1h: { if: state.a == 1, to: Done } } }',
    [],
  ],
  ['nothing is waited for', '{ send: DoA, next: Done }', []],
  [
    'an undo waits without a time limit',
    '{ send: DoA, undo: { send: UndoA, done: AUndone }, on: { X: Done }, after: { 1h: Failed } }',
    ['states.A.undo'],
  ],
  [
    'an undo has a time limit',
    '{ send: DoA, undo: { send: UndoA, done: AUndone, within: 1h }, on: { X: Done }, after: { 1h: Failed } }',
    [],
  ],
])('TIMER_MISSING: %s', (_what, state, expected) => {
  expect(placesOf(checkStates(`  A: ${state}${ends}`), 'TIMER_MISSING')).toEqual(expected)
})

test('marks the name of the state', () => {
  expect(markedText(checkStates(`  A: { on: { X: Done } }${ends}`), 'TIMER_MISSING')).toBe('A')
})

test.each([
  ['a block', '  A:\n    on:\n      X: Done\n'],
  ['braces', '  A: { on: { X: Done } }\n'],
  ['braces on several lines', '  A: {\n    on: { X: Done },\n  }\n'],
])('the fix keeps the style of %s', (_what, states) => {
  const checked = checkStates(states + ends.slice(1))
  const repaired = checkText(fixedText(checked, 'TIMER_MISSING'))
  expect(repaired.diagnostics).toEqual([])
})

test('the fix of a block is a line of its own, and rolls back where there is something to undo', () => {
  const states = `  A:
    send: DoA
    undo: UndoA
    # what may come
    on:
      X: Done
      Y: { rollback: Failed }`
  const checked = checkStates(states + ends)
  expect(fixedText(checked, 'TIMER_MISSING')).toContain(
    '# what may come\n    after: { 1h: { rollback: Failed } }\n    on:\n      X: Done',
  )
})

test('the fix of JSON is JSON', () => {
  const flow = {
    saga: 'test',
    channel: 'test',
    states: { A: { on: { X: 'Done' } }, Done: { final: 'success' }, Failed: { final: 'failure' } },
  }
  for (const indent of [0, 2]) {
    const checked = checkText(JSON.stringify(flow, null, indent).replace('{"A"', '{ "A"'))
    const repaired = fixedText(checked, 'TIMER_MISSING')
    expect(JSON.parse(repaired)).toEqual({
      ...flow,
      states: { ...flow.states, A: { after: { '1h': 'Failed' }, on: { X: 'Done' } } },
    })
  }
})

test('there is no fix where the failure has no single end', () => {
  const states = `  A: { on: { X: Done } }${ends}  Other: { final: failure }`
  const [finding] = checkStates(states).diagnostics
  expect(finding?.code).toBe('TIMER_MISSING')
  expect(finding?.fix).toBeUndefined()
})
