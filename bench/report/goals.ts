import type { CaseResult, LoadCase } from '../order-saga/case-result.ts'
import type { CaseName } from '../options.ts'

/** One goal of the project and what became of it. */
export interface Goal {
  readonly goal: string
  readonly measured: string
  /** Absent where a case that it needs was not measured. */
  readonly met?: boolean
}

/** Compares the cases of one run with what the project wants to reach. */
export function judgeGoals(results: readonly CaseResult[]): readonly Goal[] {
  const rate = (name: CaseName) => loadCase(results, name)?.load.result.sagasPerSecond
  const signalbox = loadCase(results, 'signalbox')
  const peers = [rate('restate-steps'), rate('restate-calls')].filter((r) => r !== undefined)
  const bestPeer = peers.length === 0 ? undefined : Math.max(...peers)
  return [
    atLeast('Signalbox ≥ 0.5 × bare server', 0.5, rate('signalbox'), rate('bare-server')),
    below('Signalbox p99 < 50 ms', 50, signalbox?.load.result.p99Ms),
    below('one saga alone, p50 < 5 ms', 5, signalbox?.alone.result.p50Ms),
    atLeast('Signalbox ≥ 15 × best peer', 15, rate('signalbox'), bestPeer),
    atLeast('full store ≥ 0.9 × empty store', 0.9, rate('signalbox-full'), rate('signalbox')),
  ]
}

function loadCase(results: readonly CaseResult[], name: CaseName): LoadCase | undefined {
  return results.find(
    (result): result is LoadCase => result.kind === 'load' && result.name === name,
  )
}

function atLeast(
  goal: string,
  factor: number,
  value: number | undefined,
  base: number | undefined,
): Goal {
  if (value === undefined || base === undefined) return { goal, measured: 'not measured' }
  const ratio = value / base
  return { goal, measured: `${ratio.toFixed(2)} ×`, met: ratio >= factor }
}

function below(goal: string, limitMs: number, valueMs: number | undefined): Goal {
  if (valueMs === undefined) return { goal, measured: 'not measured' }
  return { goal, measured: `${valueMs.toFixed(1)} ms`, met: valueMs < limitMs }
}
