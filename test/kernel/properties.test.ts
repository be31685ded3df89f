import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/kernel/decide/decide.ts'
import type { Decision } from '../../src/kernel/model/decision.ts'
import { type Execution, isFinished } from '../../src/kernel/model/execution.ts'
import { invariants } from './invariants.ts'
import { randomFlow } from './random-flow.ts'
import { randomSchedule } from './random-schedule.ts'
import { runSchedule } from './run-schedule.ts'

/** `SIGNALBOX_SEED` repeats a run; without it every run tries new sagas and schedules. */
const seed = Number(process.env['SIGNALBOX_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = Number(process.env['SIGNALBOX_RUNS'] ?? 3_000)

type Decide = typeof decide

function check(
  kernel: Decide,
  parameters: { readonly seed: number; readonly numRuns: number },
  numbers?: readonly string[],
): void {
  const property = fc.property(randomFlow, randomSchedule, (flow, schedule) => {
    runSchedule(kernel, flow, schedule, numbers)
  })
  const details = fc.check(property, parameters)
  if (!details.failed) return
  const cause = details.errorInstance instanceof Error ? details.errorInstance.message : ''
  const [flow] = details.counterexample ?? []
  throw new Error(
    `SIGNALBOX_SEED=${details.seed} after ${details.numRuns} runs: ${cause}\n${flow === undefined ? '' : JSON.stringify([...flow.nodes.values()])}`,
  )
}

describe('random sagas under random schedules', () => {
  test('keep every invariant', () => {
    check(decide, { seed, numRuns })
  })

  test('keep every invariant on the fixed seeds', () => {
    for (const fixed of [1, 2, 3, 42]) check(decide, { seed: fixed, numRuns: 300 })
  })
})

/** Kernels with a planted mistake each: proof that each invariant's check can fail. */
const canaries: readonly { mistake: string; invariant: string; kernel: Decide }[] = [
  {
    mistake: 'lets events change what is finished',
    invariant: 'I1',
    kernel: onExecution((execution) =>
      isFinished(execution) ? { ...execution, state: { tampered: true } } : execution,
    ),
  },
  {
    mistake: 'loses a fact',
    invariant: 'I2',
    kernel: onDecision((decision) => ({
      ...decision,
      facts: decision.facts.filter(({ kind }) => kind !== 'state-set'),
    })),
  },
  {
    mistake: 'leaves facts of what it rejects',
    invariant: 'I3',
    kernel: (flow, execution, message) => {
      const decision = decide(flow, execution, message)
      if (decision.kind === 'accepted') return decision
      return { ...decision, facts: [{ kind: 'timer-fired', id: '1.0', at: message.at }] }
    },
  },
  {
    mistake: 'sends without a fact',
    invariant: 'I4',
    kernel: onDecision((decision) => ({
      ...decision,
      facts: decision.facts.filter(({ kind }) => kind !== 'command-issued'),
    })),
  },
  {
    mistake: 'forgets to close answered commands',
    invariant: 'I5',
    kernel: onDecision((decision) => ({
      ...decision,
      effects: decision.effects.filter(({ kind }) => kind !== 'close-command'),
    })),
  },
  {
    mistake: 'gives an id twice',
    invariant: 'I6',
    kernel: onExecution((execution) => ({ ...execution, commandsIssued: 0 })),
  },
  {
    mistake: 'undoes the oldest first',
    invariant: 'I7',
    kernel: onDecision((decision) => {
      const oldest = decision.execution.compensations[0]?.id
      return {
        ...decision,
        facts: decision.facts.map((fact) =>
          fact.kind === 'compensation-started' && oldest !== undefined
            ? { ...fact, id: oldest }
            : fact,
        ),
      }
    }),
  },
  {
    mistake: 'fires timers that were left behind',
    invariant: 'I8',
    kernel: (flow, execution, message) => {
      if (message.kind !== 'fire-timer' || execution?.status !== 'waiting') {
        return decide(flow, execution, message)
      }
      const purpose = { kind: 'after', index: 0 } as const
      const timers = [{ id: message.timerId, at: message.at, purpose }]
      return decide(flow, { ...execution, timers }, message)
    },
  },
  {
    mistake: 'has no limit of nodes',
    invariant: 'I9',
    kernel: (flow, execution, message) => decide({ ...flow, nodesMax: 200 }, execution, message),
  },
  {
    mistake: 'forgets that it waits',
    invariant: 'I10',
    kernel: onDecision((decision) => ({
      ...decision,
      execution: { ...decision.execution, node: 'Done', pending: [], timers: [] },
    })),
  },
  {
    mistake: 'applies an answer again',
    invariant: 'I11',
    kernel: (flow, execution, message) => {
      const decision = decide(flow, execution, message)
      const applied = decision.facts.find(({ kind }) => kind === 'event-applied')
      if (applied === undefined) return decision
      return { ...decision, facts: [...decision.facts, applied] }
    },
  },
  {
    mistake: 'has a clock of its own',
    invariant: 'I12',
    kernel: onDecision((decision) => ({
      ...decision,
      facts: decision.facts.map((fact) => ({ ...fact, at: fact.at + 1 })),
    })),
  },
  {
    mistake: 'forgets what it has read',
    invariant: 'I14',
    kernel: onExecution(({ positions: _positions, ...execution }) => execution),
  },
  {
    mistake: 'depends on more than its arguments',
    invariant: 'I13',
    kernel: (() => {
      let calls = 0
      return onDecision((decision) => {
        calls += 1
        return calls % 50 === 0 ? { ...decision, effects: [] } : decision
      })
    })(),
  },
]

type Accepted = Extract<Decision, { kind: 'accepted' }>

function onDecision(change: (decision: Accepted) => Decision): Decide {
  return (flow, execution, message) => {
    const decision = decide(flow, execution, message)
    return decision.kind === 'accepted' ? change(decision) : decision
  }
}

function onExecution(change: (execution: Execution) => Execution): Decide {
  return (flow, execution, message) => decide(flow, execution && change(execution), message)
}

describe('planted mistakes', () => {
  test('every invariant has a canary', () => {
    const numbers = canaries.map(({ invariant }) => invariant)
    expect(new Set(numbers)).toEqual(new Set([...Object.keys(invariants), 'I13']))
  })

  test.each(canaries)('$invariant: a kernel that $mistake is caught', ({ invariant, kernel }) => {
    expect(() => check(kernel, { seed: 7, numRuns: 5_000 }, [invariant])).toThrow(
      `${invariant} broken`,
    )
  })
})
