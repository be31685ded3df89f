import type { Fact } from '../../../src/kernel/model/fact.ts'
import type { Violation } from './violations.ts'

/**
 * A message with an id of its sender, and what stood at a position of a log, is taken once: applied,
 * kept or ignored by one fact. What was kept and is released is taken by the fact that kept it.
 */
export function wronglyTaken(executionId: string, journal: readonly Fact[]): Violation | undefined {
  const taken = new Set<string>()
  const released = new Set<string>()
  const positions = new Map<string, number>()
  for (const fact of journal) {
    if (fact.kind === 'event-released') released.add(fact.messageId)
    if (!isTaking(fact)) continue
    const { messageId } = fact
    if (released.delete(messageId)) continue
    if (fact.kind !== 'message-rejected' && isOfSender(messageId)) {
      if (taken.has(messageId)) {
        return {
          promise: 'a message is applied once',
          detail: `${messageId} was taken twice by ${executionId}`,
        }
      }
      taken.add(messageId)
    }
    const { origin } = fact
    if (origin === undefined) continue
    const before = positions.get(origin.source) ?? -1
    if (origin.position <= before) {
      return {
        promise: 'a position of a log is applied once, and in order',
        detail: `${executionId} took ${origin.source}@${origin.position} after ${before}`,
      }
    }
    positions.set(origin.source, origin.position)
  }
  return undefined
}

type Taking = Extract<
  Fact,
  { kind: 'event-applied' | 'event-kept' | 'event-ignored' | 'message-rejected' }
>

function isTaking(fact: Fact): fact is Taking {
  return (
    fact.kind === 'event-applied' ||
    fact.kind === 'event-kept' ||
    fact.kind === 'event-ignored' ||
    fact.kind === 'message-rejected'
  )
}

/** Ids that senders of the simulated world give begin so; those of the engine do not. */
export const messageIdPrefix = 'message-'

function isOfSender(messageId: string): boolean {
  return messageId.startsWith(messageIdPrefix)
}
