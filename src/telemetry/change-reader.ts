import type { Engine, ExecutionChange } from '../engine/engine.ts'
import { limits } from '../kernel/limits.ts'
import { isFinished } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import { createTrace, type ExecutionTrace, isComplete } from './execution-trace.ts'
import { type ChannelTypes, foldFact } from './fold-fact.ts'
import type { Span } from './span.ts'

/** Changes made into spans before the engine has its turn again. */
const changesPerSlice = 32
/** Journals read at a time: the engine's own reads and writes come first. */
const readsAtOnce = 2

/** Makes spans of what this replica commits, behind the engine's back. */
export interface ChangeReader {
  /** Takes a change down, and returns at once. */
  take(change: ExecutionChange): void
  /** Changes of which no spans were made: too many waited, or the journal could not be read. */
  leftOut(): number
  /** Fulfilled when nothing is left to do. */
  idle(): Promise<void>
}

interface ChangeReaderDeps {
  readonly journal: Engine['executions']['journal']
  readonly typeOf: ChannelTypes
  readonly emit: (spans: readonly Span[]) => void
  readonly onFailure: (error: unknown) => void
}

/**
 * The traces of the executions that changed last are in memory. Where another replica or an earlier
 * process wrote in between, the missing facts are read from the journal, once, and folded without
 * emitting anything: whoever committed them did that.
 */
export function createChangeReader(deps: ChangeReaderDeps): ChangeReader {
  const tracesById = new Map<string, ExecutionTrace>()
  let queue: ExecutionChange[] = []
  /** Changes that wait for the journal of their execution, in order. */
  const waitingById = new Map<string, ExecutionChange[]>()
  let waiting = 0
  let toRead: string[] = []
  let reads = 0
  let leftOut = 0
  let isScheduled = false
  let idleWaiters: (() => void)[] = []

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(runSlice)
  }

  function runSlice(): void {
    isScheduled = false
    const slice = queue.slice(0, changesPerSlice)
    queue = queue.slice(slice.length)
    for (const change of slice) process(change)
    if (queue.length > 0) schedule()
    else tellIdle()
  }

  function process(change: ExecutionChange): void {
    const { id, revision } = change.execution
    const behind = waitingById.get(id)
    if (behind !== undefined) {
      behind.push(change)
      waiting += 1
      return
    }
    const before = revision - change.facts.length
    const trace = tracesById.get(id) ?? (before === 0 ? createTrace(id) : undefined)
    if (trace?.revision === before) fold(trace, change.facts)
    else if (trace !== undefined || !isNoteAfterTheEnd(change)) readFirst(change)
  }

  function fold(trace: ExecutionTrace, facts: readonly Fact[]): void {
    const spans: Span[] = []
    for (const fact of facts) {
      // A loop: most facts end no span.
      for (const span of foldFact(trace, fact, deps.typeOf)) spans.push(span)
    }
    keep(trace)
    if (spans.length > 0) deps.emit(spans)
  }

  function keep(trace: ExecutionTrace): void {
    tracesById.delete(trace.executionId)
    if (isComplete(trace)) return
    tracesById.set(trace.executionId, trace)
    if (tracesById.size <= limits.traceExecutions) return
    const oldest = tracesById.keys().next()
    if (oldest.done !== true) tracesById.delete(oldest.value)
  }

  function readFirst(change: ExecutionChange): void {
    const { id } = change.execution
    waitingById.set(id, [change])
    waiting += 1
    toRead.push(id)
    readNext()
  }

  function readNext(): void {
    while (reads < readsAtOnce && toRead.length > 0) {
      const [id, ...rest] = toRead
      toRead = rest
      if (id === undefined) return
      reads += 1
      void readAndGoOn(id).finally(() => {
        reads -= 1
        readNext()
        tellIdle()
      })
    }
  }

  async function readAndGoOn(id: string): Promise<void> {
    const first = waitingById.get(id)?.[0]
    let trace: ExecutionTrace | undefined
    try {
      if (first !== undefined) trace = await readTrace(id, first)
    } catch (error) {
      deps.onFailure(error)
    }
    const changes = waitingById.get(id) ?? []
    waitingById.delete(id)
    waiting -= changes.length
    if (trace === undefined) {
      tracesById.delete(id)
      leftOut += changes.length
      return
    }
    tracesById.set(id, trace)
    for (const change of changes) process(change)
  }

  /** Up to the facts of this change, and not further: those are still to be emitted. */
  async function readTrace(id: string, change: ExecutionChange): Promise<ExecutionTrace> {
    const before = change.execution.revision - change.facts.length
    const known = tracesById.get(id)
    const trace = known === undefined || known.revision > before ? createTrace(id) : known
    while (trace.revision < before) {
      const limit = Math.min(limits.pageItems, before - trace.revision)
      const page = await deps.journal(id, { after: trace.revision, limit })
      if (page.facts.length === 0) {
        throw new Error(`expected ${before} facts of '${id}', found ${trace.revision}`)
      }
      for (const { fact } of page.facts) foldFact(trace, fact, deps.typeOf)
    }
    return trace
  }

  function tellIdle(): void {
    if (queue.length > 0 || waiting > 0 || reads > 0) return
    for (const resolve of idleWaiters) resolve()
    idleWaiters = []
  }

  return {
    take(change) {
      if (queue.length + waiting >= limits.traceChanges) {
        leftOut += 1
        return
      }
      queue.push(change)
      schedule()
    },
    leftOut: () => leftOut,
    idle() {
      const { promise, resolve } = Promise.withResolvers<void>()
      idleWaiters.push(resolve)
      tellIdle()
      return promise
    },
  }
}

/** A late answer ends no span, so nothing needs to be read for it. */
function isNoteAfterTheEnd({ execution, finished, facts }: ExecutionChange): boolean {
  return (
    isFinished(execution) &&
    !finished &&
    facts.every(({ kind }) => kind === 'event-ignored' || kind === 'message-rejected')
  )
}
