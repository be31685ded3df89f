import type { InboundAnswer, InboundEvent } from '../channel/channel.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Outcome, Request } from './request.ts'

/**
 * Applies events that were read from ordered logs, and answers when all are durable. Rejects when the
 * store failed or the engine stops: then nothing is known, and the channel brings them again; what
 * was applied after all is recognised by its origin.
 */
export async function receiveEvents(
  events: readonly InboundEvent[],
  submit: (request: Request) => void,
): Promise<readonly InboundAnswer[]> {
  const outcomes = await Promise.all(
    events.map(({ executionId, event, data, messageId, origin }) => {
      const { promise, resolve } = Promise.withResolvers<Outcome>()
      const id = messageId ?? `${origin.source}:${origin.position}`
      submit({
        executionId,
        ...(messageId === undefined ? {} : { inboxId: messageId }),
        messages: (_execution, at) => [{ kind: 'apply-event', id, at, event, data, origin }],
        settle: resolve,
        conflicts: 0,
      })
      return promise
    }),
  )
  return outcomes.map(answerOf)
}

function answerOf(outcome: Outcome): InboundAnswer {
  switch (outcome.kind) {
    case 'decided': {
      const { decision } = outcome
      if (decision.kind === 'rejected') {
        return { kind: 'refused', code: decision.code, detail: decision.detail }
      }
      return decision.answer.applied
        ? { kind: 'applied' }
        : { kind: 'without-effect', reason: decision.answer.reason }
    }
    case 'duplicate':
      return { kind: 'without-effect', reason: 'duplicate' }
    case 'failed':
      return refusalOf(outcome.error)
    case 'refused':
    case 'nothing':
    case 'exists':
      throw new Error(`expected a decision on an event, found '${outcome.kind}'`)
  }
}

/** What will not be otherwise the next time is refused; everything else is tried again. */
function refusalOf(error: Error): InboundAnswer {
  if (!(error instanceof SignalboxError)) throw error
  switch (error.code) {
    case 'EXECUTION_NOT_FOUND':
    case 'EXECUTION_QUARANTINED':
    case 'STATE_TOO_LARGE':
      return { kind: 'refused', code: error.code, detail: error.detail }
    default:
      throw error
  }
}
