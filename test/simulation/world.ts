import type { Coverage } from './coverage.ts'
import type { StoredExecutions } from './model/stored-executions.ts'
import type { Violations } from './model/violations.ts'
import type { Story } from './story.ts'
import type { Tape } from './tape.ts'
import type { SimulatedClock } from './time/simulated-clock.ts'
import type { Weather } from './weather.ts'

/** What every part of a simulated world knows. */
export interface World {
  readonly clock: SimulatedClock
  readonly tape: Tape
  readonly story: Story
  readonly coverage: Coverage
  readonly violations: Violations
  readonly stored: StoredExecutions
  readonly weather: Weather
}
