import { expect, test } from 'vitest'
import { checkStates, placesOf } from './test/check-text.ts'

const ends = `
  Done: { final: success }
  Failed: { final: failure }
`

test.each([
  [
    'one behind a transition without a guard',
    'on: { X: [Done, { if: state.a == 1, to: Failed }] }',
    ['on.X.1'],
  ],
  [
    'one behind a guard that always holds',
    'on: { X: [{ if: "true", to: Done }, Failed] }',
    ['on.X.1'],
  ],
  [
    'one with the guard of another, whatever its white space',
    'on: { X: [{ if: state.a == 1, to: Done }, { if: "state.a  ==  1", to: Failed }] }',
    ['on.X.1'],
  ],
  ['a guard that never holds', 'on: { X: [{ if: "false", to: Done }, Failed] }', ['on.X.0']],
  ['one of next', 'send: DoA\n    next: [Done, Failed]', ['next.1']],
  ['a timer behind one that leaves', 'after: { 2h: Done, 60m: Failed }', ['after.2h']],
  ['an event where next leaves at once', 'next: Done\n    on: { X: Failed }', ['on.X']],
])('GUARD_SHADOWED finds %s', (_what, attributes, expected) => {
  const places = placesOf(checkStates(`  A:\n    ${attributes}${ends}`), 'GUARD_SHADOWED')
  expect(places).toEqual(expected.map((place) => `states.A.${place}`))
})

test.each([
  ['the open transition at the end', 'on: { X: [{ if: state.a == 1, to: Failed }, Done] }'],
  [
    'different guards',
    'on: { X: [{ if: state.a == 1, to: Failed }, { if: state.a == 2, to: Done }] }',
  ],
  ['a timer that may not leave', 'after: { 1h: { if: state.a == 1, to: Done }, 2h: Failed }'],
  ['a timer that reminds', 'after: { 1h: { stay: true }, 2h: Failed }'],
  ['next after a command, beside events', 'send: DoA\n    next: Done\n    on: { X: Failed }'],
])('GUARD_SHADOWED accepts %s', (_what, attributes) => {
  const checked = checkStates(`  A:\n    ${attributes}${ends}`)
  expect(placesOf(checked, 'GUARD_SHADOWED')).toEqual([])
})
