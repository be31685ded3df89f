import type { BenchOptions } from '../../options.ts'
import type { LoadFigures } from '../case-result.ts'
import { measureLoad } from '../measure-load.ts'
import type { SystemUnderTest, Workplace } from '../systems/system.ts'

/** Measures a system under load, then with one saga at a time, and counts what it has stored. */
export async function measureSystem(
  system: SystemUnderTest,
  { logs }: Workplace,
  options: BenchOptions,
): Promise<LoadFigures> {
  const slots = options.inFlight
  const warmUpMs = options.warmUpSeconds * 1_000
  const measureMs = options.seconds * 1_000
  const load = await measureLoad(system, { slots, warmUpMs, measureMs, run: 'load', logs })
  const alone = await measureLoad(system, {
    slots: 1,
    warmUpMs: 1_000,
    measureMs: options.aloneSeconds * 1_000,
    run: 'alone',
    logs,
  })
  const { completedInStore } = await system.stop()
  const completed = load.completedEver + alone.completedEver
  if (completedInStore !== undefined && completedInStore !== completed) {
    throw new Error(
      `Expected ${completed} completed sagas in the store, found ${completedInStore}.`,
    )
  }
  return {
    kind: 'load',
    load,
    alone,
    ...(completedInStore !== undefined && { completedInStore }),
  }
}
