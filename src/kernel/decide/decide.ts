import type { Decision } from '../model/decision.ts'
import type { Execution } from '../model/execution.ts'
import type { Flow } from '../model/flow.ts'
import type { Message } from '../model/message.ts'
import { acceptCommand } from './accept-command.ts'
import { applyEvent } from './apply-event.ts'
import { cancel } from './cancel.ts'
import { accepted, createDraft, type Draft, rejected } from './draft.ts'
import { expectations } from './expectation.ts'
import { failCommand } from './fail-command.ts'
import { fireTimer } from './fire-timer.ts'
import { move } from './move.ts'
import { pause, resume } from './pause-resume.ts'
import { rollBack } from './roll-back.ts'
import { retry } from './retry.ts'
import { skip } from './skip.ts'
import { startExecution } from './start-execution.ts'

/**
 * Decides what a message leads to. Pure: the same three arguments give the same answer, whenever and
 * wherever. `execution` is absent exactly for `start-execution`.
 */
export function decide(flow: Flow, execution: Execution | undefined, message: Message): Decision {
  if (execution === undefined) {
    if (message.kind === 'start-execution') return startExecution(flow, message)
    throw new Error(`expected an execution for '${message.kind}', found none`)
  }
  const expectation = expectations[message.kind][execution.status]
  const draft = createDraft(flow, execution, message)
  if (expectation === 'decide') return decideOn(draft, message)
  if (expectation === 'stale') return accepted(draft, { applied: false, reason: 'stale' })
  return rejected(
    expectation,
    `expected an execution to which '${message.kind}' applies, found '${execution.id}' ${execution.status}`,
    execution,
  )
}

function decideOn(draft: Draft, message: Message): Decision {
  switch (message.kind) {
    case 'start-execution':
      throw new Error('expected the table to reject a second start')
    case 'apply-event':
      return applyEvent(draft, message)
    case 'accept-command':
      return acceptCommand(draft, message)
    case 'fail-command':
      return failCommand(draft, message)
    case 'fire-timer':
      return fireTimer(draft, message)
    case 'retry':
      return retry(draft, message)
    case 'skip':
      return skip(draft, message)
    case 'roll-back':
      return rollBack(draft, message)
    case 'cancel':
      return cancel(draft, message)
    case 'pause':
      return pause(draft, message)
    case 'resume':
      return resume(draft, message)
    case 'move':
      return move(draft, message)
  }
}
