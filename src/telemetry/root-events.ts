import { limits } from '../kernel/limits.ts'
import type { Fact } from '../kernel/model/fact.ts'
import type { ExecutionTrace } from './execution-trace.ts'
import { shorten } from './shorten.ts'
import { addEvent, type SpanEvent } from './span.ts'

/** What happens to the execution as a whole is an event of the root. Data of the business are not. */
export function noteFact(trace: ExecutionTrace, fact: Fact): void {
  const { root } = trace
  if (root === undefined) return
  const event = eventOf(fact)
  if (event === undefined) return
  addEvent(root, { ...event, at: fact.at }, limits.traceEvents)
  if (fact.kind === 'entered') root.attributes['signalbox.node'] = fact.node
}

function eventOf(fact: Fact): Omit<SpanEvent, 'at'> | undefined {
  switch (fact.kind) {
    case 'entered':
    case 'stayed':
      return {
        name: fact.kind,
        attributes: {
          'signalbox.node': fact.node,
          'signalbox.cause': fact.by.kind,
          ...(fact.milestone === undefined ? {} : { 'signalbox.milestone': fact.milestone }),
        },
      }
    case 'event-applied':
      return { name: fact.kind, attributes: nameAndId(fact) }
    case 'event-kept':
    case 'event-ignored':
      return {
        name: fact.kind,
        attributes: { ...nameAndId(fact), 'signalbox.reason': fact.reason },
      }
    case 'message-rejected':
      return {
        name: fact.kind,
        attributes: {
          'messaging.message.id': fact.messageId,
          'signalbox.message': fact.message,
          'error.type': fact.code,
        },
      }
    case 'failed':
      return {
        name: 'exception',
        attributes: { 'exception.type': fact.code, 'exception.message': shorten(fact.message) },
      }
    case 'incident-raised':
      return {
        name: fact.kind,
        attributes: { 'error.type': fact.incident.code, 'signalbox.node': fact.incident.node },
      }
    case 'incident-resolved':
    case 'paused':
    case 'resumed':
      return { name: fact.kind, attributes: {} }
    case 'started':
    case 'event-released':
    case 'state-set':
    case 'command-issued':
    case 'command-accepted':
    case 'command-failed':
    case 'command-withdrawn':
    case 'command-resent':
    case 'compensation-remembered':
    case 'rollback-started':
    case 'compensation-started':
    case 'compensation-accepted':
    case 'compensation-failed':
    case 'compensation-completed':
    case 'compensation-skipped':
    case 'timer-fired':
    case 'finished':
      return undefined
  }
}

function nameAndId(fact: { readonly event: string; readonly messageId: string }) {
  return { 'signalbox.event.name': fact.event, 'messaging.message.id': fact.messageId }
}
