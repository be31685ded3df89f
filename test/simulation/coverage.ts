/** What can happen in runs, and has to happen in some: a simulator that never crashes proves nothing. */
export const happenings = [
  'commits',
  'conflicts',
  'keys taken',
  'store calls that failed before',
  'store calls that failed after they were carried out',
  'store calls to a store that was away',
  'crashes',
  'crashes with store calls under way',
  'graceful stops',
  'processes halted',
  'processes halted beyond their lease',
  'notices lost',
  'notices late',
  'notices doubled',
  'requests lost',
  'answers lost',
  'requests to nobody',
  'requests sent again',
  'starts answered',
  'starts answered again',
  'starts refused',
  'events answered',
  'events answered again',
  'events refused',
  'events kept',
  'commands leased',
  'commands leased again',
  'channels that were full',
  'commands taken over',
  'leases prolonged',
  'leases that ended without a result',
  'results with an event',
  'results that accept',
  'failures to be tried again',
  'failures for good',
  'results given twice',
  'results after the lease',
  'results to another replica',
  'results without effect',
  'partitions divided anew',
  'partitions taken over',
  'commands sent again to a log',
  'messages in an unusual partition',
  'messages sent twice to a log',
  'messages that cannot be read',
  'messages for nobody',
  'timers fired',
  'rollbacks',
  'compensations completed',
  'incidents',
  'executions completed',
  'executions failed',
  'executions rolled back',
  'executions cancelled',
  'pauses',
  'resumes',
  'retries by operators',
  'skips',
  'rollbacks by operators',
  'moves',
  'flow versions published',
  'flows paused',
  'starts refused by a paused flow',
] as const

export type Happening = (typeof happenings)[number]

export interface Coverage {
  count(happening: Happening, times?: number): void
  counts(): ReadonlyMap<Happening, number>
  add(other: Coverage): void
}

export function createCoverage(): Coverage {
  const counts = new Map<Happening, number>()
  const count = (happening: Happening, times = 1): void => {
    if (times > 0) counts.set(happening, (counts.get(happening) ?? 0) + times)
  }
  return {
    count,
    counts: () => counts,
    add(other) {
      for (const [happening, times] of other.counts()) count(happening, times)
    },
  }
}

/** What has never happened. */
export function notCovered(coverage: Coverage): readonly Happening[] {
  return happenings.filter((happening) => !coverage.counts().has(happening))
}

export function coverageTable(coverage: Coverage): readonly string[] {
  const width = Math.max(...happenings.map(({ length }) => length))
  return happenings.map(
    (happening) =>
      `${happening.padEnd(width)}  ${String(coverage.counts().get(happening) ?? 0).padStart(10)}`,
  )
}
