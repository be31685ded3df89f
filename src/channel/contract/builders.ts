import { commandOf as newCommandOf } from '../../store/contract/builders.ts'
import type { OutboxCommand } from '../../store/store.ts'

/** Command number `n` of an execution, as it comes from the outbox. */
export function commandOf(
  executionId: string,
  n: number,
  fields: Partial<OutboxCommand> = {},
): OutboxCommand {
  return { ...newCommandOf(executionId, n), dueAt: 0, sequence: n, ...fields }
}

export function idsOf(attempts: readonly { readonly id: string }[]): readonly string[] {
  return attempts.map(({ id }) => id)
}
