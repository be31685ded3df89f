import { isDeepStrictEqual } from 'node:util'
import { evolve } from '../../../src/kernel/evolve/evolve.ts'
import { type Execution, isFinished } from '../../../src/kernel/model/execution.ts'
import type { Fact } from '../../../src/kernel/model/fact.ts'
import type { Flow } from '../../../src/kernel/model/flow.ts'
import type { ExecutionWrite, WriteResult } from '../../../src/store/store.ts'
import type { Coverage } from '../coverage.ts'
import { brokenInvariant } from './check-invariants.ts'
import { countFacts } from './count-facts.ts'
import { wronglyTaken } from './taken-once.ts'
import type { Story } from '../story.ts'
import type { Violations } from './violations.ts'

/** One execution, as the writes that the store took say it is. */
export interface StoredExecution {
  readonly execution: Execution
  readonly facts: readonly Fact[]
  /** Its commands in the outbox, by id. */
  readonly outbox: ReadonlyMap<string, { readonly attempt: number; readonly dueAt: number }>
}

/**
 * Sees every write that reaches the store, and checks that it keeps what is promised. It knows the
 * executions by their facts alone, so that a store or an engine that loses one is found out.
 */
export interface StoredExecutions {
  written(writer: string, write: ExecutionWrite, result: WriteResult): void
  get(id: string): StoredExecution | undefined
  /** Who removed a command from the outbox, and when. */
  closingOf(commandId: string): Closing | undefined
  ids(): readonly string[]
}

export interface Closing {
  readonly by: string
  readonly at: number
}

interface Deps {
  readonly now: () => number
  readonly story: Story
  readonly violations: Violations
  readonly coverage: Coverage
  readonly flowOf: (flow: string, version: number) => Flow | undefined
}

export function createStoredExecutions(deps: Deps): StoredExecutions {
  const { violations, coverage, flowOf } = deps
  const byId = new Map<string, StoredExecution>()
  const closings = new Map<string, Closing>()

  function take(writer: string, write: ExecutionWrite): void {
    const { execution: after, facts } = write
    const { id } = after
    const stored = byId.get(id)
    const revision = stored?.execution.revision ?? 0
    if (revision !== write.expectedRevision) {
      violations.report(
        'S2: a write follows the revision that is stored',
        `${writer} wrote ${id} after revision ${write.expectedRevision}, and ${revision} was stored`,
      )
      return
    }
    const before = stored?.execution
    const journal = [...(stored?.facts ?? []), ...facts]
    const folded = foldOnto(before, facts)
    const outbox = outboxAfter(stored?.outbox ?? new Map(), write)
    for (const commandId of write.outbox.remove) {
      closings.set(commandId, { by: writer, at: deps.now() })
    }
    byId.set(id, { execution: folded ?? after, facts: journal, outbox })
    if (!isDeepStrictEqual(folded, after)) {
      violations.report(
        'I2: replay of the journal is the stored execution',
        `${writer} wrote ${id}`,
      )
      return
    }
    const flow = flowOf(after.flow, after.version)
    if (flow === undefined) {
      violations.report('an execution runs on a published version', `${id} of ${after.flow}`)
      return
    }
    const ids = new Set(outbox.keys())
    const broken =
      brokenInvariant({ flow, before, after, facts, journal, outbox: ids }) ??
      wronglyTaken(id, journal)
    if (broken !== undefined)
      violations.report(broken.promise, `${writer} wrote ${id}: ${broken.detail}`)
    countFacts(coverage, facts)
  }

  return {
    written(writer, write, result) {
      const { id } = write.execution
      const kinds = write.facts.map(({ kind }) => kind).join(', ')
      deps.story.tell(
        writer,
        `writes ${id} after ${write.expectedRevision}: ${result.kind} (${kinds})`,
      )
      switch (result.kind) {
        case 'committed':
          coverage.count('commits')
          take(writer, write)
          return
        case 'conflict':
          coverage.count('conflicts')
          return
        case 'key-taken':
          coverage.count('keys taken')
          return
        case 'duplicate':
      }
    },
    get: (id) => byId.get(id),
    closingOf: (commandId) => closings.get(commandId),
    ids: () => [...byId.keys()],
  }
}

function foldOnto(before: Execution | undefined, facts: readonly Fact[]): Execution | undefined {
  let execution = before
  for (const fact of facts) execution = evolve(execution, fact)
  return execution
}

function outboxAfter(
  before: StoredExecution['outbox'],
  { outbox }: ExecutionWrite,
): StoredExecution['outbox'] {
  const after = new Map(before)
  for (const id of outbox.remove) after.delete(id)
  for (const { commandId, attempt, dueAt } of outbox.postpone) {
    if (after.has(commandId)) after.set(commandId, { attempt, dueAt })
  }
  for (const { commandId, attempt, dueAt } of outbox.put) after.set(commandId, { attempt, dueAt })
  return after
}

/** The stored executions that have not ended. */
export function unfinished(stored: StoredExecutions): readonly Execution[] {
  return stored.ids().flatMap((id) => {
    const execution = stored.get(id)?.execution
    return execution === undefined || isFinished(execution) ? [] : [execution]
  })
}
