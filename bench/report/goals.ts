import type { CaseResult, LoadCase } from '../order-saga/case-result.ts'
import type { CaseName } from '../order-saga/cases/case-names.ts'

/** One goal of the project and what became of it. */
export interface Goal {
  readonly goal: string
  readonly measured: string
  /** Absent where a case that it needs was not measured. */
  readonly met?: boolean
}

const dbos: readonly CaseName[] = ['dbos-steps', 'dbos-queues']
const temporal: readonly CaseName[] = ['temporal-postgres', 'temporal']
const restate: readonly CaseName[] = ['restate-steps', 'restate-calls']

/** Compares the cases of one run with what the project wants to reach. */
export function judgeGoals(results: readonly CaseResult[]): readonly Goal[] {
  const rate = (name: CaseName) => loadCase(results, name)?.load.result.sagasPerSecond
  const best = (names: readonly CaseName[]) => {
    const rates = names.map(rate).filter((one) => one !== undefined)
    return rates.length === 0 ? undefined : Math.max(...rates)
  }
  const signalbox = loadCase(results, 'signalbox')
  const postgres = rate('signalbox-postgres')
  return [
    atLeast('SQLite: ≥ 0.5 × bare server', 0.5, rate('signalbox'), rate('bare-server')),
    below('SQLite: p99 < 50 ms', 50, signalbox?.load.result.p99Ms),
    below('SQLite: one saga alone, p50 < 5 ms', 5, signalbox?.alone.result.p50Ms),
    atLeast('SQLite: ≥ 15 × Restate', 15, rate('signalbox'), best(restate)),
    atLeast('SQLite: full ≥ 0.9 × empty store', 0.9, rate('signalbox-full'), rate('signalbox')),
    above('PostgreSQL: ≥ 2,000 sagas/s', 2_000, postgres),
    atLeast('PostgreSQL: ≥ 0.5 × bare server', 0.5, postgres, rate('bare-server-postgres')),
    atLeast('PostgreSQL: ≥ 10 × DBOS', 10, postgres, best(dbos)),
    atLeast('PostgreSQL: ≥ 10 × Temporal', 10, postgres, best(temporal)),
    atLeast('PostgreSQL: 2 replicas > 1', 1, rate('signalbox-postgres-2'), postgres),
    atLeast('Kafka: ≥ 0.5 × bare loop', 0.5, rate('signalbox-kafka'), rate('bare-kafka')),
    atLeast(
      'Kafka on SQLite: ≥ 0.5 × bare loop',
      0.5,
      rate('signalbox-kafka-sqlite'),
      rate('bare-kafka-sqlite'),
    ),
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

function above(goal: string, limit: number, value: number | undefined): Goal {
  if (value === undefined) return { goal, measured: 'not measured' }
  return { goal, measured: `${Math.round(value).toLocaleString('en')}/s`, met: value >= limit }
}

function below(goal: string, limitMs: number, valueMs: number | undefined): Goal {
  if (valueMs === undefined) return { goal, measured: 'not measured' }
  return { goal, measured: `${valueMs.toFixed(1)} ms`, met: valueMs < limitMs }
}
