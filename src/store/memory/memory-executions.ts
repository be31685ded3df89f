import { type Execution, isFinished } from '../../kernel/model/execution.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import type { Json } from '../../kernel/model/json.ts'
import { isUnwakeable } from '../liveness.ts'
import { slotOf, type TimerShare } from '../sharing.ts'
import type { DueTimer, ExecutionWrite } from '../store.ts'
import { foldTerms } from '../search-terms.ts'
import { type Position, SortedList } from './sorted-list.ts'

/** All that is stored of one execution. `number` counts them in the order of their start. */
export interface Stored {
  readonly number: number
  readonly execution: Execution
  readonly wakeAt: number | undefined
  readonly uniqueKey: string | undefined
  readonly terms: readonly string[]
  /** Ids of its commands in the outbox. */
  readonly commandIds: ReadonlySet<string>
  /** Grows in place. */
  readonly facts: Fact[]
  readonly answersByMessage: Map<string, Json>
}

/** A place in an ordered index. */
export interface Entry extends Position {
  readonly id: string
}

/** Executions with the indexes by which they are found. */
export class MemoryExecutions {
  readonly byStart = new SortedList<Entry>()
  readonly byUpdate = new SortedList<Entry>()
  readonly #byId = new Map<string, Stored>()
  readonly #byWake = new SortedList<Entry>()
  readonly #byEnd = new SortedList<Entry>()
  readonly #byKey = new Map<string, SortedList<Entry>>()
  readonly #openByKey = new Map<string, SortedList<Entry>>()
  readonly #idsByUniqueKey = new Map<string, string>()
  readonly #unwakeable = new Set<string>()
  #lastNumber = 0

  get(id: string): Stored | undefined {
    return this.#byId.get(id)
  }

  get size(): number {
    return this.#byId.size
  }

  /** Takes over what a write says. Its outbox changes are carried out elsewhere. */
  put(write: ExecutionWrite): Stored {
    const before = this.#byId.get(write.execution.id)
    const stored = storedAfter(write, before, before?.number ?? ++this.#lastNumber)
    stored.facts.push(...write.facts)
    for (const { messageId, answer } of write.inbox) stored.answersByMessage.set(messageId, answer)
    if (before !== undefined) this.#unindex(before)
    this.#index(stored)
    if (isUnwakeable({ ...stored.execution, ...wakers(write, stored) })) {
      this.#unwakeable.add(stored.execution.id)
    } else {
      this.#unwakeable.delete(stored.execution.id)
    }
    return stored
  }

  /** Forgets an execution and all that belongs to it. */
  delete(stored: Stored): void {
    const { id } = stored.execution
    this.#unindex(stored)
    this.#byId.delete(id)
  }

  ownerOfUniqueKey(flow: string, uniqueKey: string): string | undefined {
    return this.#idsByUniqueKey.get(keyOf(flow, uniqueKey))
  }

  findByKey(flow: string, key: string): string | undefined {
    const name = keyOf(flow, key)
    for (const index of [this.#openByKey, this.#byKey]) {
      for (const { id } of index.get(name)?.before() ?? []) return id
    }
    return undefined
  }

  dueTimers(until: number, limit: number, share: TimerShare | undefined): readonly DueTimer[] {
    const due: DueTimer[] = []
    for (const { id, major } of this.#byWake.after()) {
      if (major > until || due.length >= limit) break
      if (isInShare(id, share)) due.push({ executionId: id, wakeAt: major })
    }
    return due
  }

  nextWakeAt(share: TimerShare | undefined): number | undefined {
    for (const { id, major } of this.#byWake.after()) if (isInShare(id, share)) return major
    return undefined
  }

  /** Those that ended before a time, earliest end first. */
  finishedBefore(time: number, limit: number): readonly Execution[] {
    const finished: Execution[] = []
    for (const { id, major } of this.#byEnd.after()) {
      const execution = this.#byId.get(id)?.execution
      if (major >= time || finished.length >= limit) break
      if (execution !== undefined) finished.push(execution)
    }
    return finished
  }

  unwakeable(limit: number): readonly string[] {
    return [...this.#unwakeable].slice(0, limit)
  }

  #index(stored: Stored): void {
    const { execution, number, wakeAt, uniqueKey } = stored
    const { id, flow, key } = execution
    const endedAt = endOf(execution)
    this.#byId.set(id, stored)
    this.byStart.add({ major: execution.startedAt, minor: number, id })
    this.byUpdate.add({ major: execution.updatedAt, minor: number, id })
    if (wakeAt !== undefined) this.#byWake.add({ major: wakeAt, minor: number, id })
    if (endedAt !== undefined) this.#byEnd.add({ major: endedAt, minor: number, id })
    if (uniqueKey !== undefined) this.#idsByUniqueKey.set(keyOf(flow, uniqueKey), id)
    if (key === undefined) return
    const entry = { major: execution.startedAt, minor: number, id }
    addTo(this.#byKey, keyOf(flow, key), entry)
    if (!isFinished(execution)) addTo(this.#openByKey, keyOf(flow, key), entry)
  }

  #unindex({ execution, number, wakeAt, uniqueKey }: Stored): void {
    const { flow, key } = execution
    const endedAt = endOf(execution)
    const start = { major: execution.startedAt, minor: number }
    this.byStart.remove(start)
    this.byUpdate.remove({ major: execution.updatedAt, minor: number })
    if (wakeAt !== undefined) this.#byWake.remove({ major: wakeAt, minor: number })
    if (endedAt !== undefined) this.#byEnd.remove({ major: endedAt, minor: number })
    if (uniqueKey !== undefined) this.#idsByUniqueKey.delete(keyOf(flow, uniqueKey))
    if (key === undefined) return
    removeFrom(this.#byKey, keyOf(flow, key), start)
    removeFrom(this.#openByKey, keyOf(flow, key), start)
  }
}

function isInShare(id: string, share: TimerShare | undefined): boolean {
  return share === undefined || slotOf(id) % share.count === share.index
}

function endOf(execution: Execution): number | undefined {
  return isFinished(execution) ? execution.finishedAt : undefined
}

function storedAfter(write: ExecutionWrite, before: Stored | undefined, number: number): Stored {
  const { execution, outbox } = write
  const removed = new Set(outbox.remove)
  const kept = [...(before?.commandIds ?? [])].filter((id) => !removed.has(id))
  return {
    number,
    execution,
    wakeAt: write.wakeAt,
    uniqueKey: isFinished(execution) ? undefined : write.uniqueKey,
    terms: write.searchTerms === undefined ? (before?.terms ?? []) : foldTerms(write.searchTerms),
    commandIds: new Set([...kept, ...outbox.put.map(({ commandId }) => commandId)]),
    facts: before?.facts ?? [],
    answersByMessage: before?.answersByMessage ?? new Map(),
  }
}

function wakers(write: ExecutionWrite, stored: Stored) {
  const { wakeAt, commandIds } = stored
  return { wakeAt, waitsForEvent: write.waitsForEvent, outboxRows: commandIds.size }
}

function keyOf(flow: string, key: string): string {
  return JSON.stringify([flow, key])
}

function addTo(index: Map<string, SortedList<Entry>>, name: string, entry: Entry): void {
  const list = index.get(name) ?? new SortedList<Entry>()
  index.set(name, list)
  list.add(entry)
}

function removeFrom(index: Map<string, SortedList<Entry>>, name: string, at: Position): void {
  const list = index.get(name)
  list?.remove(at)
  if (list?.isEmpty === true) index.delete(name)
}
