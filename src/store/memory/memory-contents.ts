import { MemoryCounts } from './memory-counts.ts'
import { MemoryDeadLetters } from './memory-dead-letters.ts'
import { MemoryExecutions } from './memory-executions.ts'
import { MemoryFlows } from './memory-flows.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { MemoryPositions } from './memory-positions.ts'

/** All that is stored. Several stores can stand on the same contents. */
export interface MemoryContents {
  readonly executions: MemoryExecutions
  readonly outbox: MemoryOutbox
  readonly counts: MemoryCounts
  readonly flows: MemoryFlows
  readonly positions: MemoryPositions
  readonly deadLetters: MemoryDeadLetters
}

export function createMemoryContents(): MemoryContents {
  return {
    executions: new MemoryExecutions(),
    outbox: new MemoryOutbox(),
    counts: new MemoryCounts(),
    flows: new MemoryFlows(),
    positions: new MemoryPositions(),
    deadLetters: new MemoryDeadLetters(),
  }
}
