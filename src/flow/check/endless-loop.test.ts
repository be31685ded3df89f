import { expect, test } from 'vitest'
import { checkStates, findingOf, placesOf } from './test/check-text.ts'

const ends = `
  Done: { final: success }
  Failed: { final: failure }
`

test.each([
  ['a state that goes on to itself', '{ send: DoA, next: A }', '', true],
  ['two states that go on to each other', '{ next: B }', '{ next: A }', true],
  [
    'a guard that always sees the same',
    '{ next: [{ if: state.n > 3, to: Done }, B] }',
    '{ next: A }',
    true,
  ],
  [
    'a way out behind a way that is always taken',
    '{ set: { n: 1 }, next: [B, { if: state.n > 3, to: Done }] }',
    '{ next: A }',
    true,
  ],
  [
    'a guard over a value that is set',
    '{ set: { n: "${ state.n + 1 }" }, next: [{ if: state.n > 3, to: Done }, B] }',
    '{ next: A }',
    false,
  ],
  [
    'a guard over a value that a transition sets',
    '{ next: [{ if: state.n > 3, to: Done }, { to: B, set: { n: 4 } }] }',
    '{ next: A }',
    false,
  ],
  [
    'a guard over the time',
    '{ next: [{ if: "now() > timestamp(state.until)", to: Done }, B] }',
    '{ next: A }',
    false,
  ],
  ['a wait in the cycle', '{ next: B }', '{ on: { X: A }, after: { 1h: Done } }', false],
  ['no cycle', '{ next: B }', '{ next: Done }', false],
])('ENDLESS_LOOP: %s', (_what, a, b, expected) => {
  const checked = checkStates(`  A: ${a}\n${b === '' ? '' : `  B: ${b}`}${ends}`)
  expect(placesOf(checked, 'ENDLESS_LOOP')).toEqual(expected ? ['states.A.next'] : [])
})

test('shows one round', () => {
  const checked = checkStates(`  A: { next: B }\n  B: { next: A }${ends}`)
  expect(findingOf(checked, 'ENDLESS_LOOP').trace).toEqual(['A —next→ B', 'B —next→ A'])
})
