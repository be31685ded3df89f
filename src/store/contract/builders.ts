import type { Execution } from '../../kernel/model/execution.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import type { ExecutionWrite, NewOutboxCommand, OutboxChanges } from '../store.ts'

/** The moment at which the executions of these tests begin. */
export const startAt = 1_800_000_000_000

/** An execution as the kernel would hand it over; what a test is about is said in `over`. */
export function executionOf(id: string, over: Partial<Execution> = {}): Execution {
  const input = over.input ?? { orderId: id, items: ['book', 'pen'] }
  return {
    id,
    flow: 'order',
    version: 1,
    kind: 'saga',
    status: 'waiting',
    node: 'OrderCreated',
    input,
    state: input,
    startedAt: startAt,
    updatedAt: startAt,
    revision: 2,
    visits: 1,
    visited: ['OrderCreated'],
    commandsIssued: 0,
    pending: [],
    timers: [],
    compensations: [],
    rolledBack: false,
    kept: [],
    notes: 0,
    ...over,
  }
}

export type WriteOptions = Partial<Omit<ExecutionWrite, 'execution' | 'outbox'>> & {
  readonly outbox?: Partial<OutboxChanges>
}

/** The first write of an execution. */
export function startOf(execution: Execution, options: WriteOptions = {}): ExecutionWrite {
  return writeOf(execution, { expectedRevision: 0, ...options })
}

/** A write that follows the stored one by one fact, unless `options` say otherwise. */
export function writeOf(execution: Execution, options: WriteOptions = {}): ExecutionWrite {
  const expectedRevision = options.expectedRevision ?? execution.revision - 1
  return {
    execution,
    expectedRevision,
    facts: factsOf(execution, expectedRevision + 1),
    waitsForEvent: true,
    inbox: [],
    ...options,
    outbox: { put: [], postpone: [], remove: [], ...options.outbox },
  }
}

/** Facts from a number on up to the execution's revision, each one different. */
export function factsOf(execution: Execution, first: number): readonly Fact[] {
  const facts: Fact[] = []
  for (let sequence = first; sequence <= execution.revision; sequence++) {
    facts.push(sequence === 1 ? startedOf(execution) : noteOf(execution, sequence))
  }
  return facts
}

export function commandOf(
  executionId: string,
  n: number,
  over: Partial<NewOutboxCommand> = {},
): NewOutboxCommand {
  return {
    commandId: `${executionId}:${n}`,
    executionId,
    flow: 'order',
    channel: 'shop',
    command: 'CheckInventory',
    purpose: 'activity',
    data: { n },
    attempt: 1,
    dueAt: startAt,
    ...over,
  }
}

function startedOf(execution: Execution): Fact {
  return {
    kind: 'started',
    at: execution.startedAt,
    id: execution.id,
    flow: execution.flow,
    version: execution.version,
    flowKind: execution.kind,
    input: execution.input,
  }
}

function noteOf(execution: Execution, sequence: number): Fact {
  return { kind: 'command-accepted', at: execution.updatedAt, id: `${execution.id}:${sequence}` }
}
