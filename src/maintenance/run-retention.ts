import type { Execution } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import type { Store } from '../store/store.ts'
import { appendToArchive } from './append-to-archive.ts'
import type { ArchivedExecution } from './archive-file.ts'
import type { RetentionOptions } from './retention-options.ts'

export interface RetentionRun {
  readonly store: Store
  readonly options: RetentionOptions
  /** Names the files of the archive: no two that write to the same folder may have the same. */
  readonly replicaName: string
  readonly now: () => number
  /** Waits; fulfilled early when `signal` is aborted. */
  readonly pause: (ms: number) => Promise<void>
  /** The run ends after the batch under way. */
  readonly signal: AbortSignal
}

export interface RetentionResult {
  readonly deleted: number
  /** Ended long enough ago, but nobody has taken their last commands: they stay. */
  readonly owing: number
}

/** Deleting a hundred takes SQLite three milliseconds: a commit waits no longer than for another. */
const batchExecutions = 100
/** Of the store's time retention takes a third at most. */
const restPerWork = 2
const restMsMin = 20
/** When more than these stand first in line, somebody has to look after the channel that takes nothing. */
const passedExecutionsMax = 5_000
const journalPageFacts = 1_000

/**
 * Deletes the executions that ended long enough ago, in small batches with pauses. With an archive,
 * each is there first, on the disk, as a line with its journal: a crash in between may leave a line of
 * an execution that is still stored, or the same line twice, and never loses one. Several replicas may
 * do this at once: each execution is deleted by one of them.
 */
export async function runRetention(run: RetentionRun): Promise<RetentionResult> {
  const { store, options, signal } = run
  const owing = new Set<string>()
  // What stays for whatever reason stands first in line, and is passed over for the rest of the run.
  const passed = new Set<string>()
  let deleted = 0
  if (options.finishedAfterMs === undefined) return { deleted, owing: 0 }
  const endedBefore = run.now() - options.finishedAfterMs
  while (!signal.aborted && passed.size < passedExecutionsMax) {
    const startedAt = run.now()
    const found = await store.readFinishedBefore(endedBefore, passed.size + batchExecutions)
    const candidates = found.filter(({ id }) => !passed.has(id))
    if (candidates.length === 0) break
    for (const id of await owingIds(store, candidates)) owing.add(id)
    const free = candidates.filter(({ id }) => !owing.has(id))
    const gone = new Set(await archiveAndDelete(run, free))
    deleted += gone.size
    for (const { id } of candidates) if (!gone.has(id)) passed.add(id)
    await run.pause(Math.max(restMsMin, restPerWork * (run.now() - startedAt)))
  }
  return { deleted, owing: owing.size }
}

/** Those that owe commands. The store would not delete them; their lines would be in vain. */
async function owingIds(
  store: Store,
  executions: readonly Execution[],
): Promise<readonly string[]> {
  const ids = executions.flatMap(({ id, commandsIssued }) =>
    Array.from({ length: commandsIssued }, (_, n) => `${id}:${n + 1}`),
  )
  const left = await store.readOutboxCommands(ids)
  return left.map(({ executionId }) => executionId)
}

async function archiveAndDelete(
  { store, options, replicaName }: RetentionRun,
  executions: readonly Execution[],
): Promise<readonly string[]> {
  if (options.archive === undefined) {
    return store.deleteExecutions(executions.map(({ id }) => id))
  }
  const entries: ArchivedExecution[] = []
  for (const execution of executions) {
    const journal = await readWholeJournal(store, execution)
    // Shorter than it was: another replica has archived and deleted the execution meanwhile.
    if (journal.length === execution.revision) entries.push({ execution, journal })
  }
  await appendToArchive(options.archive, replicaName, entries)
  const archived = entries.map(({ execution }) => execution)
  return store.deleteExecutions(await unchangedIds(store, archived))
}

/** What changed while it was written, by an operator's act or a late event, waits for the next run. */
async function unchangedIds(
  store: Store,
  executions: readonly Execution[],
): Promise<readonly string[]> {
  const stored = await store.readExecutions(executions.map(({ id }) => id))
  return executions
    .filter(({ id, revision }) => stored.get(id)?.revision === revision)
    .map(({ id }) => id)
}

/** The facts that an execution had when it was read; what came after them belongs to a later line. */
async function readWholeJournal(
  store: Store,
  { id, revision }: Execution,
): Promise<readonly Fact[]> {
  const journal: Fact[] = []
  while (journal.length < revision) {
    const limit = Math.min(journalPageFacts, revision - journal.length)
    const { facts } = await store.readJournal(id, { after: journal.length, limit })
    if (facts.length === 0) break
    journal.push(...facts.map(({ fact }) => fact))
  }
  return journal
}
