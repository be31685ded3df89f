import type { CommandPurpose } from '../model/execution.ts'
import type { Json } from '../model/json.ts'
import type { CommandTemplate, Node } from '../model/node.ts'
import { addEffect, addFact, type Draft, type Failure } from './draft.ts'
import { evaluate } from './scope.ts'

/** The id that the next command gets: unique for ever, and the same when decided again. */
export function nextCommandId(draft: Draft): string {
  return `${draft.execution.id}:${draft.execution.commandsIssued + 1}`
}

/** Issues a node's command; its data are evaluated now. */
export function issueCommand(
  draft: Draft,
  template: CommandTemplate,
  purpose: CommandPurpose,
  node: string,
): Failure | undefined {
  if (template.data === undefined) {
    sendCommand(draft, template, purpose, node, undefined)
    return undefined
  }
  const data = evaluate(draft, template.data)
  if (!data.ok) {
    return {
      code: 'EXPRESSION_FAILED',
      message: `expected data for command '${template.command}' of '${node}', found: ${data.error}`,
    }
  }
  sendCommand(draft, template, purpose, node, data.value)
  return undefined
}

/** Records and sends a command. Without data it carries the whole state. */
export function sendCommand(
  draft: Draft,
  template: CommandTemplate,
  purpose: CommandPurpose,
  node: string,
  data: Json | undefined,
): void {
  const id = nextCommandId(draft)
  const { channel, command } = template
  addFact(draft, {
    kind: 'command-issued',
    id,
    channel,
    command,
    purpose,
    node,
    ...(data === undefined ? {} : { data }),
  })
  const { execution } = draft
  addEffect(draft, {
    kind: 'send-command',
    commandId: id,
    executionId: execution.id,
    ...(execution.key === undefined ? {} : { key: execution.key }),
    flow: execution.flow,
    channel,
    command,
    purpose,
    data: data === undefined ? execution.state : data,
  })
}

/** Records that a pending command was accepted by its receiver. */
export function settleCommand(draft: Draft, commandId: string): void {
  const command = draft.execution.pending.find((pending) => pending.id === commandId)
  if (command === undefined) return
  addFact(draft, { kind: 'command-accepted', id: commandId })
  addEffect(draft, { kind: 'close-command', commandId, channel: command.channel })
}

/**
 * Gives up the pending commands of a node's activity: what they would have done is no longer wanted,
 * and a late attempt must not come after the undo.
 */
export function withdrawActivity(draft: Draft, node: Node): void {
  if (draft.execution.pending.length === 0) return
  for (const command of draft.execution.pending) {
    if (command.purpose === 'activity' && command.node === node.id) withdraw(draft, command)
  }
}

/** Gives up one pending command. */
export function withdraw(
  draft: Draft,
  command: { readonly id: string; readonly channel: string },
): void {
  addFact(draft, { kind: 'command-withdrawn', id: command.id })
  addEffect(draft, {
    kind: 'withdraw-command',
    commandId: command.id,
    channel: command.channel,
  })
}
