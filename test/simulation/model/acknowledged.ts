import { isDeepStrictEqual } from 'node:util'
import type { DeliveryReport } from '../../../src/channel/channel.ts'
import type { Answer } from '../../../src/kernel/model/decision.ts'
import type { Execution } from '../../../src/kernel/model/execution.ts'
import { limits } from '../../../src/kernel/limits.ts'
import type { StoredExecutions } from './stored-executions.ts'
import type { Violations } from './violations.ts'

/** What callers were told, held against what is stored at that moment: nothing acknowledged is lost. */
export interface Acknowledged {
  started(execution: Execution): void
  eventTaken(executionId: string, messageId: string | undefined, answer: Answer): void
  acted(execution: Execution): void
  /** A worker was told that its result was applied. */
  resultApplied(report: DeliveryReport): void
}

export function createAcknowledged(stored: StoredExecutions, violations: Violations): Acknowledged {
  const answersByMessage = new Map<string, Answer>()

  function requireRevision(promise: string, { id, revision }: Execution): void {
    const found = stored.get(id)?.execution.revision ?? 0
    if (found >= revision) return
    violations.report(promise, `${id} was answered at revision ${revision}, and ${found} is stored`)
  }

  return {
    started: (execution) => requireRevision('an answered start is stored', execution),
    eventTaken(executionId, messageId, answer) {
      if (messageId === undefined) return
      const name = `${executionId} ${messageId}`
      const first = answersByMessage.get(name)
      if (first !== undefined && !isDeepStrictEqual(first, answer)) {
        violations.report(
          'a message that comes again gets its first answer',
          `${name}: ${JSON.stringify(first)}, then ${JSON.stringify(answer)}`,
        )
      }
      answersByMessage.set(name, answer)
      const record = stored.get(executionId)
      const isThere = record?.facts.some(
        (fact) => 'messageId' in fact && fact.messageId === messageId,
      )
      const isOnlyCounted = (record?.execution.notes ?? 0) >= limits.notesPerExecution
      if (isThere !== true && !isOnlyCounted) {
        violations.report('an answered event is in the journal', `${name} is not`)
      }
    },
    resultApplied({ kind, commandId }) {
      const { facts = [] } = stored.get(commandId.slice(0, commandId.lastIndexOf(':'))) ?? {}
      const isThere = facts.some((fact) => {
        switch (kind) {
          case 'event':
            return 'messageId' in fact && fact.messageId === `${commandId}:answer`
          case 'accepted':
            return fact.kind === 'command-accepted' && fact.id === commandId
          case 'failed':
            return fact.kind === 'command-failed' && fact.id === commandId
        }
      })
      if (!isThere)
        violations.report('an answered result is in the journal', `${kind} of ${commandId}`)
    },
    acted: (execution) => requireRevision('an answered act is stored', execution),
  }
}
