import { spanIdOf } from '../channel/trace-context.ts'
import { limits } from '../kernel/limits.ts'
import { type ExecutionTrace, rootSpanIdOf } from './execution-trace.ts'
import type { FactOf } from '../kernel/evolve/fact-of.ts'
import { addEvent, type Attributes, endSpan, openSpan, type Span } from './span.ts'
import { shorten } from './shorten.ts'

/** A command's span begins when it is issued; an undo command belongs to its compensation. */
export function issueCommand(
  trace: ExecutionTrace,
  fact: FactOf<'command-issued'>,
  channelType: string,
): void {
  const parent = fact.purpose === 'undo' ? trace.compensation : undefined
  const span = openSpan({
    name: `send ${fact.command}`,
    kind: channelType === 'http' ? 'client' : 'producer',
    spanId: spanIdOf(fact.id),
    parentSpanId: parent?.spanId ?? rootSpanIdOf(trace),
    startedAt: fact.at,
    attributes: {
      ...trace.attributes,
      ...messagingAttributes(trace, fact, channelType),
      'signalbox.node': fact.node,
      'signalbox.channel': fact.channel,
      'signalbox.command.name': fact.command,
      'signalbox.command.purpose': fact.purpose,
    },
  })
  trace.commandsById.set(fact.id, span)
}

/** https://opentelemetry.io/docs/specs/semconv/messaging/: HTTP is no messaging system. */
function messagingAttributes(
  trace: ExecutionTrace,
  fact: FactOf<'command-issued'>,
  channelType: string,
): Attributes {
  if (channelType === 'http') return { 'signalbox.command.id': fact.id }
  return {
    'messaging.system': channelType === 'kafka' ? 'kafka' : 'signalbox',
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'send',
    'messaging.destination.name': fact.channel,
    'messaging.message.id': fact.id,
    'messaging.message.conversation_id': trace.executionId,
    ...(channelType === 'kafka' ? { 'messaging.kafka.message.key': trace.executionId } : {}),
  }
}

/** The span stays open while somebody may try again: an attempt is an event of it. */
export function failCommand(
  trace: ExecutionTrace,
  fact: FactOf<'command-failed'>,
): readonly Span[] {
  const span = trace.commandsById.get(fact.id)
  if (span === undefined) return []
  const event = {
    name: 'exception',
    at: fact.at,
    attributes: {
      'exception.type': fact.code,
      'exception.message': shorten(fact.message),
      'signalbox.command.attempt': fact.attempt,
    },
  }
  addEvent(span, event, limits.traceEvents)
  if (fact.retryAt !== undefined) return []
  span.error = shorten(fact.message)
  span.attributes['error.type'] = fact.code
  // A side command is forgotten after its last attempt; nobody can send it again.
  return span.attributes['signalbox.command.purpose'] === 'also'
    ? closeCommand(trace, fact.id, fact.at, 'failed')
    : []
}

export function resendCommand(trace: ExecutionTrace, fact: FactOf<'command-resent'>): void {
  const span = trace.commandsById.get(fact.id)
  if (span === undefined) return
  delete span.error
  delete span.attributes['error.type']
  addEvent(span, { name: 'resent', at: fact.at, attributes: {} }, limits.traceEvents)
}

export function closeCommand(
  trace: ExecutionTrace,
  commandId: string,
  at: number,
  result: 'answered' | 'accepted' | 'withdrawn' | 'failed',
  answer?: string,
): readonly Span[] {
  const span = trace.commandsById.get(commandId)
  if (span === undefined) return []
  trace.commandsById.delete(commandId)
  span.attributes['signalbox.command.result'] = result
  if (answer !== undefined) span.attributes['signalbox.event.name'] = answer
  return [endSpan(span, trace.traceId, at)]
}
