import { describe, expect, test } from 'vitest'
import {
  checkStates,
  checkText,
  findingOf,
  fixedText,
  placesOf,
  sagaOf,
} from './test/check-text.ts'

const ends = `
  Done: { final: success }
  Failed: { final: failure }
`

/** A, then B, which may roll back. */
function twoSteps(a: string, b = 'on: { BOK: Done, BKO: { rollback: Failed } }', attributes = '') {
  return checkText(
    sagaOf(
      `  A:\n    ${a}\n  B:\n    send: DoB\n    ${b}\n    after: { 1h: Failed }${ends}`,
      attributes,
    ),
  )
}

const onToB = 'on: { AOK: B, AKO: Failed }\n    after: { 1h: Failed }'

describe('COMPENSATION_GAP', () => {
  test.each([
    ['no undo before a rollback', `send: DoA\n    ${onToB}`, ['states.A.send']],
    ['an undo', `send: DoA\n    undo: UndoA\n    ${onToB}`, []],
    ['nothing to undo', `send: DoA\n    undo: none\n    ${onToB}`, []],
    ['no activity', onToB, []],
    [
      'the way on says that it failed',
      'send: DoA\n    on: { StepOK: Done, StepKO: B }\n    after: { 1h: Failed }',
      [],
    ],
    [
      'the way on is marked as failed',
      'send: DoA\n    on: { AOK: Done, Nothing: { to: B, failed: true } }\n    after: { 1h: Failed }',
      [],
    ],
    [
      'its own timer rolls back',
      'send: DoA\n    on: { AOK: Done }\n    after: { 1h: { rollback: Failed } }',
      ['states.A.send'],
    ],
    [
      'its own event rolls back',
      'send: DoA\n    on: { AOK: Done, AKO: { rollback: Failed } }\n    after: { 1h: Failed }',
      [],
    ],
  ])('%s', (_what, a, expected) => {
    expect(placesOf(twoSteps(a), 'COMPENSATION_GAP')).toEqual(expected)
  })

  test('the failure policy rolls back too, where the flow works with compensation', () => {
    const a = `send: DoA\n    ${onToB}`
    const forward = 'on: { BOK: Done, BKO: Failed }'
    const withUndo = `undo: UndoB\n    ${forward}`
    expect(placesOf(twoSteps(a, withUndo), 'COMPENSATION_GAP')).toEqual(['states.A.send'])
    expect(placesOf(twoSteps(a, withUndo, 'onFailure: fail\n'), 'COMPENSATION_GAP')).toEqual([])
    expect(placesOf(twoSteps(a, forward), 'COMPENSATION_GAP')).toEqual([])
  })

  test('explains which rollback, and how an execution gets there', () => {
    const finding = findingOf(twoSteps(`send: DoA\n    ${onToB}`), 'COMPENSATION_GAP')
    expect(finding.severity).toBe('warning')
    expect(finding.message).toContain('BKO in `B` rolls back')
    expect(finding.trace).toEqual(['A —AOK→ B', 'B —BKO→ rollback, then Failed'])
  })

  test('is a hint where the name says that nothing is changed', () => {
    const finding = findingOf(twoSteps(`send: CheckStock\n    ${onToB}`), 'COMPENSATION_GAP')
    expect(finding.severity).toBe('hint')
  })

  test('the fix says that there is nothing to undo', () => {
    const repaired = fixedText(twoSteps(`send: DoA\n    ${onToB}`), 'COMPENSATION_GAP')
    expect(repaired).toContain('    send: DoA\n    undo: none\n    on:')
    expect(placesOf(checkText(repaired), 'COMPENSATION_GAP')).toEqual([])
  })
})

describe('UNDO_UNUSED', () => {
  const withUndo = `send: DoA\n    undo: UndoA\n    ${onToB}`
  const forward = 'on: { BOK: Done, BKO: Failed }'

  test.each([
    ['no rollback follows', withUndo, forward, 'onFailure: fail\n', ['states.A.undo']],
    ['an incident is no rollback', withUndo, forward, 'onFailure: incident\n', ['states.A.undo']],
    ['the failure policy rolls back', withUndo, forward, '', []],
    ['a later event rolls back', withUndo, undefined, 'onFailure: fail\n', []],
    [
      'only its own event rolls back, which says that nothing was done',
      'send: DoA\n    undo: UndoA\n    on: { AOK: B, AKO: { rollback: Failed } }\n    after: { 1h: Failed }',
      forward,
      'onFailure: fail\n',
      ['states.A.undo'],
    ],
    [
      'its own timer rolls back',
      'send: DoA\n    undo: UndoA\n    on: { AOK: B }\n    after: { 1h: { rollback: Failed } }',
      forward,
      'onFailure: fail\n',
      [],
    ],
  ])('%s', (_what, a, b, attributes, expected) => {
    expect(placesOf(twoSteps(a, b, attributes), 'UNDO_UNUSED')).toEqual(expected)
  })

  test('nothing comes after a final state', () => {
    const states = `
  A: { on: { X: Done }, after: { 1h: { rollback: Failed } } }
  Done: { send: Thank, undo: Unthank, final: success }
  Failed: { final: failure }`
    expect(placesOf(checkStates(states), 'UNDO_UNUSED')).toEqual(['states.Done.undo'])
  })
})

describe('UNDO_DATA_IN_CYCLE', () => {
  test.each([
    ['a cycle, no data', 'UndoA', 'A', ['states.A.undo']],
    ['a cycle, data', '{ send: UndoA, data: { n: 1 } }', 'A', []],
    ['no cycle', 'UndoA', 'Done', []],
    ['a rollback to the state: everything is undone by then', 'UndoA', '{ rollback: A }', []],
  ])('%s', (_what, undo, back, expected) => {
    const states = `
  A: { send: DoA, undo: ${undo}, on: { AOK: B, AKO: { rollback: Failed } }, after: { 1h: { rollback: Failed } } }
  B: { on: { Again: ${back}, Enough: Done }, after: { 1h: { rollback: Failed } } }${ends}`
    expect(placesOf(checkStates(states), 'UNDO_DATA_IN_CYCLE')).toEqual(expected)
  })

  test('a way back that says failed remembers nothing', () => {
    const states = `
  A: { send: DoA, undo: UndoA, on: { AOK: Done, AKO: { to: A, failed: true } }, after: { 1h: { rollback: Failed } } }${ends}`
    expect(placesOf(checkStates(states), 'UNDO_DATA_IN_CYCLE')).toEqual([])
  })

  test('shows the way round', () => {
    const states = `
  A: { send: DoA, undo: UndoA, on: { AOK: B, AKO: { rollback: Failed } }, after: { 1h: { rollback: Failed } } }
  B: { on: { Again: A, Enough: Done }, after: { 1h: { rollback: Failed } } }${ends}`
    const { trace } = findingOf(checkStates(states), 'UNDO_DATA_IN_CYCLE')
    expect(trace).toEqual(['A —AOK→ B', 'B —Again→ A'])
  })
})
