import { isFinished, type Execution } from './model/execution.ts'
import type { Flow } from './model/flow.ts'

/** One thing that would let an execution go on. */
export type WaitingFor =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'timer'; readonly at: number; readonly purpose: 'after' | 'compensation' }
  | {
      readonly kind: 'command'
      readonly commandId: string
      readonly command: string
      readonly channel: string
      readonly attempt: number
    }
  | { readonly kind: 'operator'; readonly why: 'incident' | 'paused'; readonly detail: string }

/** What an unfinished execution waits for; empty for a finished one. */
export function waitingFor(flow: Flow, execution: Execution): readonly WaitingFor[] {
  if (isFinished(execution)) return []
  return [
    ...waitingForOperator(execution),
    ...waitingForEvents(flow, execution),
    ...execution.pending
      .filter((command) => command.exhausted !== true && command.purpose !== 'also')
      .map((command) => ({
        kind: 'command' as const,
        commandId: command.id,
        command: command.command,
        channel: command.channel,
        attempt: command.attempt,
      })),
    ...(execution.status === 'paused' ? [] : execution.timers).map((timer) => ({
      kind: 'timer' as const,
      at: timer.at,
      purpose: timer.purpose.kind === 'after' ? ('after' as const) : ('compensation' as const),
    })),
  ]
}

function waitingForOperator(execution: Execution): readonly WaitingFor[] {
  if (execution.status === 'paused') {
    return [{ kind: 'operator', why: 'paused', detail: 'it is paused' }]
  }
  if (execution.incident === undefined) return []
  return [{ kind: 'operator', why: 'incident', detail: execution.incident.message }]
}

function waitingForEvents(flow: Flow, execution: Execution): readonly WaitingFor[] {
  if (execution.status === 'paused') return []
  return expectedEvents(flow, execution).map((event) => ({ kind: 'event' as const, event }))
}

/** The names of the events that an unfinished execution would apply now. */
export function expectedEvents(flow: Flow, execution: Execution): readonly string[] {
  const { rollback } = execution
  if (rollback === undefined) return [...(flow.nodes.get(execution.node)?.on.keys() ?? [])]
  const compensation = execution.compensations.find(({ id }) => id === rollback.current?.id)
  const undo = compensation === undefined ? undefined : flow.nodes.get(compensation.node)?.undo
  return [undo?.done, undo?.failed].filter((event) => event !== undefined)
}
