import type { ExecutionSummary, Fact } from '@signalbox/client'

/** What people want to know of an order, at a glance. */
export interface OrderStory {
  readonly orderId: string
  readonly status: ExecutionSummary['status']
  /** The states it went through and what was undone, in order. */
  readonly steps: readonly OrderStep[]
  /** Why it failed, if it did. */
  readonly reason?: string
  readonly startedAtMs: number
  /** Absent while it is under way. */
  readonly finishedAtMs?: number
}

export type OrderStep =
  | { readonly kind: 'entered'; readonly name: string }
  | { readonly kind: 'undone'; readonly name: string }

/** Reads the story of an order from its journal. */
export function orderStory(execution: ExecutionSummary, journal: readonly Fact[]): OrderStory {
  const reason = failureReason(journal)
  const { finishedAt } = execution
  return {
    orderId: execution.key ?? execution.id,
    status: execution.status,
    steps: stepsOf(journal),
    ...(reason === undefined ? {} : { reason }),
    startedAtMs: Date.parse(execution.startedAt),
    ...(finishedAt === undefined ? {} : { finishedAtMs: Date.parse(finishedAt) }),
  }
}

function stepsOf(journal: readonly Fact[]): OrderStep[] {
  const undoCommands = new Map<string, string>()
  const steps: OrderStep[] = []
  for (const fact of journal) {
    if (fact.kind === 'entered') steps.push({ kind: 'entered', name: String(fact['node']) })
    if (fact.kind === 'command-issued' && fact['purpose'] === 'undo') {
      undoCommands.set(String(fact['node']), String(fact['command']))
    }
    if (fact.kind === 'compensation-completed') {
      const started = journal.findLast(
        ({ kind, id }) => kind === 'compensation-started' && id === fact['id'],
      )
      const name = undoCommands.get(String(started?.['node']))
      if (name !== undefined) steps.push({ kind: 'undone', name })
    }
  }
  return steps
}

/** The first event that brought a reason, or a timer that ended the waiting. */
function failureReason(journal: readonly Fact[]): string | undefined {
  for (const fact of journal) {
    const { data, by } = fact
    if (fact.kind === 'event-applied' && isObject(data) && typeof data['reason'] === 'string') {
      return data['reason']
    }
    if (fact.kind === 'rollback-started' && isObject(by)) {
      if (by['kind'] === 'timer') return 'no answer in time'
      if (by['kind'] === 'operator') return String(by['reason'])
      if (by['kind'] === 'failure') return String(by['message'])
    }
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
