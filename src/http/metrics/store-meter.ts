import type { StoreObserver } from '../../store/observe-store.ts'
import { createFastHistogram } from './fast-histogram.ts'

/** Measures the calls of a store: see `observeStore`. */
export interface StoreMeter extends StoreObserver {
  /** Commands claimed for this replica, with a commit or from the outbox. */
  claimed(): number
  /** In the text format of Prometheus. */
  text(): string
}

/** Commits of one disk's sync lie at the lower end, those over a network in the middle. */
const commitBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5]

export function createStoreMeter(): StoreMeter {
  const durations = createFastHistogram({
    name: 'signalbox_commit_duration_seconds',
    help: 'How long the store took for a commit.',
    bounds: commitBounds,
  })
  const failures = new Map<string, number>()
  const succeeded = durations.series({ outcome: 'committed' })
  const failed = durations.series({ outcome: 'failed' })
  let claimed = 0
  return {
    answered: (method, durationMs, answer) => {
      if (method === 'commit') succeeded.observe(durationMs / 1_000)
      if (method === 'commit') claimed += countClaimed(answer)
      if (method === 'claimOutbox' && Array.isArray(answer)) claimed += answer.length
    },
    failed: (method, _error, durationMs) => {
      failures.set(method, (failures.get(method) ?? 0) + 1)
      if (method === 'commit') failed.observe(durationMs / 1_000)
    },
    claimed: () => claimed,
    text: () => durations.text() + failuresText(failures),
  }
}

/** Of the results of a commit: the commands that it claimed for this replica. */
function countClaimed(results: unknown): number {
  if (!Array.isArray(results)) return 0
  let count = 0
  for (const result of results as readonly { readonly claimed?: readonly boolean[] }[]) {
    for (const isClaimed of result.claimed ?? []) if (isClaimed) count += 1
  }
  return count
}

function failuresText(failures: ReadonlyMap<string, number>): string {
  const name = 'signalbox_store_failures_total'
  const lines = [...failures].map(([method, count]) => `${name}{call="${method}"} ${count}\n`)
  return `# HELP ${name} Calls of the store that failed.\n# TYPE ${name} counter\n${lines.join('')}`
}
