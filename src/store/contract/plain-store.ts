import { isFinished } from '../../kernel/model/execution.ts'
import type { Execution } from '../../kernel/model/execution.ts'
import type { ExecutionFilter, ExecutionQuery, ExecutionWrite, OutboxCommand } from '../store.ts'

/** What is remembered of one execution: every write that went through, and the rest beside it. */
interface Plain {
  readonly writes: ExecutionWrite[]
  readonly outbox: OutboxCommand[]
  readonly answers: Map<string, unknown>
  terms: readonly string[]
}

/**
 * The plainest store there is: it remembers writes and answers every question by looking through all
 * of them. What other stores answer is compared with it.
 */
export class PlainStore {
  readonly #plains = new Map<string, Plain>()
  #sequence = 0

  write(write: ExecutionWrite): string {
    const { execution, expectedRevision, inbox, outbox, uniqueKey } = write
    const known = this.#plains.get(execution.id)
    if ((known?.writes.at(-1)?.execution.revision ?? 0) !== expectedRevision) return 'conflict'
    if (inbox.some(({ messageId }) => known?.answers.has(messageId) === true)) return 'duplicate'
    const taken = this.#latest().some(
      (other) =>
        uniqueKey !== undefined &&
        other.uniqueKey === uniqueKey &&
        other.execution.id !== execution.id &&
        other.execution.flow === execution.flow &&
        !isFinished(other.execution),
    )
    if (taken) return 'key-taken'
    const plain: Plain = known ?? { writes: [], outbox: [], answers: new Map(), terms: [] }
    this.#plains.set(execution.id, plain)
    plain.writes.push(write)
    for (const { messageId, answer } of inbox) plain.answers.set(messageId, answer)
    if (write.searchTerms !== undefined) plain.terms = write.searchTerms
    const gone = new Set([...outbox.remove, ...outbox.put.map(({ commandId }) => commandId)])
    const left = plain.outbox.filter(({ commandId }) => !gone.has(commandId))
    const postponed = left.map((command) => {
      const to = outbox.postpone.find(({ commandId }) => commandId === command.commandId)
      return to === undefined ? command : { ...command, dueAt: to.dueAt, attempt: to.attempt }
    })
    const put = outbox.put.map((command) => ({ ...command, sequence: ++this.#sequence }))
    plain.outbox.splice(0, plain.outbox.length, ...postponed, ...put)
    return 'committed'
  }

  latest(id: string): ExecutionWrite | undefined {
    return this.#plains.get(id)?.writes.at(-1)
  }

  outboxOf(id: string): readonly OutboxCommand[] {
    return this.#plains.get(id)?.outbox ?? []
  }

  /** As `contentsOf` gives it for a real store. */
  contents(ids: readonly string[], messageIds: readonly string[]) {
    const open = this.#latest().filter(({ execution }) => !isFinished(execution))
    const timers = this.#latest().flatMap(({ execution, wakeAt }) =>
      wakeAt === undefined ? [] : [{ executionId: execution.id, wakeAt }],
    )
    const flows = [...new Set(this.#latest().map(({ execution }) => execution.flow))].toSorted()
    return {
      executions: new Map(
        ids.flatMap((id) => {
          const execution = this.latest(id)?.execution
          return execution === undefined ? [] : [[id, execution] as const]
        }),
      ),
      journals: ids.map((id) => ({
        facts: (this.#plains.get(id)?.writes ?? [])
          .flatMap(({ facts }) => facts)
          .map((fact, index) => ({ sequence: index + 1, fact })),
      })),
      outbox: this.#outboxContents(),
      inbox: ids.flatMap((id) =>
        messageIds.map((message) => this.#plains.get(id)?.answers.get(message)),
      ),
      timers: timers.toSorted((left, right) => (left.executionId < right.executionId ? -1 : 1)),
      nextWakeAt: least(timers.map(({ wakeAt }) => wakeAt)),
      flows: new Map(flows.map((flow) => [flow, this.#flowCounts(flow)])),
      nodes: flows.map((flow) =>
        countBy(
          open
            .filter(({ execution }) => execution.flow === flow)
            .map(({ execution }) => execution.node),
        ),
      ),
      count: this.#plains.size,
      unwakeable: open
        .filter(({ execution, wakeAt, waitsForEvent }) => {
          const waitsForPerson = ['incident', 'paused'].includes(execution.status)
          const hasCommand = this.outboxOf(execution.id).length > 0
          return wakeAt === undefined && !waitsForEvent && !waitsForPerson && !hasCommand
        })
        .map(({ execution }) => execution.id)
        .toSorted(),
    }
  }

  /** The ids that match, sorted by time alone: those of equal times stand in one group. */
  list(filter: ExecutionFilter, sort: ExecutionQuery['sort']): readonly (readonly string[])[] {
    const field = sort.endsWith('startedAt') ? 'startedAt' : 'updatedAt'
    const found = [...this.#plains.values()].filter((plain) => matches(plain, filter))
    const executions = found.flatMap(({ writes }) => writes.at(-1)?.execution ?? [])
    const times = [...new Set(executions.map((execution) => execution[field]))]
    const inOrder = times.toSorted((left, right) => left - right)
    return (sort.startsWith('-') ? inOrder.toReversed() : inOrder).map((time) =>
      executions
        .filter((execution) => execution[field] === time)
        .map(({ id }) => id)
        .toSorted(),
    )
  }

  #latest(): readonly ExecutionWrite[] {
    return [...this.#plains.values()].flatMap(({ writes }) => writes.at(-1) ?? [])
  }

  #outboxContents() {
    const all = [...this.#plains.values()].flatMap(({ outbox }) => outbox)
    const channels = [...new Set(all.map(({ channel }) => channel))].toSorted()
    return channels.map((channel) => {
      const rows = all.filter((command) => command.channel === channel)
      const commands = rows
        .toSorted((left, right) => left.sequence - right.sequence)
        .map(({ sequence: _sequence, ...command }) => command)
      return { channel, commands, nextDueAt: least(rows.map(({ dueAt }) => dueAt)) }
    })
  }

  #flowCounts(flow: string) {
    const writes = [...this.#plains.values()]
      .flatMap((plain) => plain.writes)
      .filter(({ execution }) => execution.flow === flow)
    const executions = this.#latest()
      .map(({ execution }) => execution)
      .filter((execution) => execution.flow === flow)
    return {
      byStatus: Object.fromEntries(countBy(executions.map(({ status }) => status))),
      incidents: executions.filter(({ incident }) => incident !== undefined).length,
      lastActivityAt: Math.max(...writes.map(({ execution }) => execution.updatedAt)),
    }
  }
}

function matches({ writes, terms }: Plain, filter: ExecutionFilter): boolean {
  const execution: Execution | undefined = writes.at(-1)?.execution
  if (execution === undefined) return false
  const { flow, node, status, key, q, updatedAfter, updatedBefore } = filter
  return (
    (flow === undefined || execution.flow === flow) &&
    (node === undefined || execution.node === node) &&
    (status === undefined || status.includes(execution.status)) &&
    (key === undefined || execution.key === key) &&
    (updatedAfter === undefined || execution.updatedAt > updatedAfter) &&
    (updatedBefore === undefined || execution.updatedAt < updatedBefore) &&
    (q === undefined ||
      [execution.id, execution.key].includes(q) ||
      terms.some((term) => term.toLowerCase().startsWith(q.toLowerCase())))
  )
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values)
}

function countBy<Name>(names: readonly Name[]): ReadonlyMap<Name, number> {
  const counts = new Map<Name, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
