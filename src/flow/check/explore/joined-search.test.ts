import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFinished } from '../../../kernel/model/execution.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import { compileFlow } from '../../index.ts'
import { nowhere, sagaOf } from '../test/check-text.ts'
import { Answers } from './answers.ts'
import { exploreFlow } from './explore-flow.ts'
import { flowUnderSearch } from './flow-under-search.ts'
import { GuardOracle } from './guard-oracle.ts'
import { type Move, movesOf } from './moves.ts'
import { kindOf, newMarksOf, type SearchState } from './search-state.ts'
import { stepsOf, type World } from './step.ts'

// The search joins states of one kind. Here it is held against a search that joins nothing: both
// must find the same ends, that is, which effects can be left behind where.

const statesMax = 4_000

test('joining states loses nothing and invents nothing', () => {
  let compared = 0
  fc.assert(
    fc.property(randomSaga(), (text) => {
      const { flow } = compileFlow({ text })
      if (flow === undefined) return
      const expected = endsOneByOne(flow)
      if (expected === undefined) return
      compared += 1
      expect(codesOf(flow)).toEqual(expected)
    }),
    { numRuns: 300, seed: 7 },
  )
  // A test that compares nothing proves nothing.
  expect(compared).toBeGreaterThan(100)
})

/** The codes that a plain search finds; nothing if there are too many states for it. */
function endsOneByOne(flow: Flow): ReadonlySet<string> | undefined {
  const oracle = new GuardOracle()
  const world: World = { flow: flowUnderSearch(flow, oracle), oracle, answers: new Answers(flow) }
  const codes = new Set<string>()
  const seen = new Set<string>()
  const queue: SearchState[] = []
  const make = (move: Move, before?: SearchState) => {
    for (const { state } of stepsOf(world, before, move).steps) {
      const marks = newMarksOf(state, new Map())
      const key = `${kindOf(state)} # ${marks.join()}`
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(state)
      const { status } = state.execution
      if (!isFinished(state.execution)) {
        const wakes = movesOf(world.flow, world.answers, state).some((next) => next.wakes)
        if (!wakes && status !== 'incident') codes.add('STUCK_EXECUTION')
      } else if (status === 'failed') {
        const left = marks.some((mark) => !mark.endsWith('rolled over'))
        if (left) codes.add('FAILURE_LEAVES_EFFECTS')
      } else if (status === 'completed') {
        const undone = marks.some((mark) => /(unknown|rolled over)$/.test(mark))
        if (undone) codes.add('SUCCESS_LEAVES_UNDONE')
      }
    }
  }
  make({
    message: { kind: 'start-execution', id: 's', at: 0, executionId: 'e', key: 'k', input: {} },
    wakes: true,
  })
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    if (seen.size > statesMax) return undefined
    for (const move of movesOf(world.flow, world.answers, state)) make(move, state)
  }
  return codes
}

function codesOf(flow: Flow): ReadonlySet<string> {
  return new Set(exploreFlow(flow, nowhere).map(({ code }) => code))
}

const names = ['Ant', 'Bee', 'Cat', 'Dog']

function randomSaga(): fc.Arbitrary<string> {
  const states = fc.tuple(...names.map((name) => randomState(name)))
  const unexpected = fc.constantFrom('ignore', 'keep', 'reject')
  const onFailure = fc.constantFrom('rollback', 'fail', 'incident')
  return fc
    .tuple(states, unexpected, onFailure)
    .map(([lines, events, failures]) =>
      sagaOf(
        `${lines.join('\n')}\n  Done: { final: success }\n  Failed: { final: failure }\n`,
        `unexpected: ${events}\nonFailure: ${failures}\n`,
      ),
    )
}

function randomState(name: string): fc.Arbitrary<string> {
  const target = fc.constantFrom(...names, 'Done', 'Done', 'Failed')
  const way = fc.oneof(
    target,
    target.map((to) => `{ to: ${to}, failed: true }`),
    target.map((to) => `{ rollback: ${to} }`),
    fc.tuple(target, target).map(([to, other]) => `[{ if: state.x == 1, to: ${to} }, ${other}]`),
    target.map((to) => `{ if: state.x == 1, to: ${to} }`),
  )
  const undo = fc.constantFrom(
    '',
    `, undo: Undo${name}`,
    ', undo: none',
    `, undo: { send: Undo${name}, done: Undone, failed: UndoFails, within: 1m }`,
  )
  const also = fc.constantFrom('', '', `, also: Print${name}`)
  const after = fc.option(way)
  const next = fc.option(way, { freq: 3 })
  const label = fc.constantFrom('', '', `, ${names[0]}Printed: Done, Print${names[0]}OK: Done`)
  return fc
    .tuple(undo, also, way, way, after, next, label, fc.boolean())
    .map(([undoText, alsoText, ok, ko, timer, condition, labelText, sends]) => {
      const send = sends ? `send: Do${name}${undoText}${alsoText}, ` : ''
      const afterText = timer === null ? '' : `, after: { 1h: ${timer} }`
      const nextText = condition === null ? '' : `, next: ${condition}`
      return `  ${name}: { ${send}on: { ${name}OK: ${ok}, ${name}KO: ${ko}${labelText} }${afterText}${nextText} }`
    })
}
