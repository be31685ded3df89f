import type { DeliveryReport, ReportAnswer } from '../channel/channel.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Message } from '../kernel/model/message.ts'
import type { Outcome, Request } from './request.ts'

/**
 * Turns what came of deliveries into messages, and answers when all are durable. A report on a
 * command that nobody waits for any more is answered too: it is late, not wrong.
 *
 * Rejects only when the store failed: then nothing is known, and the reporter has to come again.
 *
 * @param channel where the reports come from: a command of another channel is none of theirs
 */
export function reportDeliveries(
  reports: readonly DeliveryReport[],
  channel: string,
  submit: (request: Request) => void,
  newId: (now: number) => string,
): Promise<readonly ReportAnswer[]> {
  if (reports.length === 0) return Promise.resolve([])
  const { promise, resolve, reject } = Promise.withResolvers<readonly ReportAnswer[]>()
  const answers: ReportAnswer[] = []
  let open = reports.length
  let failure: Error | undefined
  const settle = (index: number, answer: ReportAnswer | Error): void => {
    if (answer instanceof Error) failure = answer
    else answers[index] = answer
    open -= 1
    if (open > 0) return
    if (failure === undefined) resolve(answers)
    else reject(failure)
  }
  const send = (report: DeliveryReport, settleOne: (outcome: Outcome) => void): void =>
    submit({
      executionId: executionIdOf(report.commandId),
      reportedCommandId: report.commandId,
      messages: (execution, now) =>
        isOfChannel(execution, report.commandId, channel) ? [messageOf(report, now, newId)] : [],
      settle: settleOne,
      conflicts: 0,
    })
  reports.forEach((report, index) => {
    send(report, (outcome) => {
      const answer = answerOf(outcome)
      const failed = failureInstead(report, outcome)
      if (failed === undefined) settle(index, answer)
      else send(failed, (instead) => settle(index, errorOf(instead) ?? answer))
    })
  })
  return promise
}

/**
 * The receiver has answered with more than the execution can take. Asking again would bring the same
 * answer, so the command counts as failed for good, and the flow says what follows.
 */
function failureInstead(report: DeliveryReport, outcome: Outcome): DeliveryReport | undefined {
  if (report.kind !== 'event' || outcome.kind !== 'failed') return undefined
  const { error } = outcome
  if (!(error instanceof SignalboxError) || error.code !== 'STATE_TOO_LARGE') return undefined
  const { commandId } = report
  return { kind: 'failed', commandId, code: error.code, message: error.detail, retryable: false }
}

function errorOf(outcome: Outcome): Error | undefined {
  const answer = answerOf(outcome)
  return answer instanceof Error ? answer : undefined
}

function isOfChannel(
  execution: Execution | undefined,
  commandId: string,
  channel: string,
): boolean {
  const command = execution?.pending.find(({ id }) => id === commandId)
  return command === undefined || command.channel === channel
}

/** A command's id begins with its execution's. */
export function executionIdOf(commandId: string): string {
  return commandId.slice(0, Math.max(0, commandId.lastIndexOf(':')))
}

function messageOf(report: DeliveryReport, at: number, newId: (now: number) => string): Message {
  const { commandId } = report
  switch (report.kind) {
    case 'event':
      return {
        kind: 'apply-event',
        // A command is answered once, so its id makes the event's.
        id: `${commandId}:answer`,
        at,
        event: report.event,
        data: report.data,
        commandId,
      }
    case 'accepted':
      return { kind: 'accept-command', id: `${commandId}:acceptance`, at, commandId }
    case 'failed': {
      const { code, message, retryable, retryAfterMs } = report
      return {
        kind: 'fail-command',
        id: newId(at),
        at,
        commandId,
        code,
        message,
        retryable,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      }
    }
  }
}

function answerOf(outcome: Outcome): ReportAnswer | Error {
  switch (outcome.kind) {
    case 'decided':
      return outcome.decision.kind === 'accepted'
        ? outcome.decision.answer
        : { applied: false, reason: outcome.decision.code }
    case 'failed':
      return outcome.error instanceof SignalboxError && !isOfTheStore(outcome.error)
        ? { applied: false, reason: outcome.error.code }
        : outcome.error
    case 'nothing':
    case 'exists':
    case 'duplicate':
    case 'refused':
      return { applied: false, reason: 'stale' }
  }
}

function isOfTheStore({ code }: SignalboxError): boolean {
  return code === 'STORE_UNAVAILABLE' || code === 'BUSY' || code === 'STOPPING'
}
