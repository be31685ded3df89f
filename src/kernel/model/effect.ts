import type { CommandPurpose } from './execution.ts'
import type { Json } from './json.ts'

/** What should happen outside: plain data, stored with the facts that explain it. */
export type Effect =
  | SendCommand
  /** The command stays in the outbox and is delivered again at `dueAt`, as `attempt`. */
  | {
      readonly kind: 'resend-command'
      readonly commandId: string
      readonly channel: string
      readonly dueAt: number
      readonly attempt: number
    }
  /** The command is answered, accepted or given up: it leaves the outbox. */
  | { readonly kind: 'close-command'; readonly commandId: string; readonly channel: string }
  /** Like `close-command`, and an attempt that has not begun must not begin. */
  | { readonly kind: 'withdraw-command'; readonly commandId: string; readonly channel: string }

export interface SendCommand {
  readonly kind: 'send-command'
  /** Unique for ever: `<execution id>:<n>`; a repeat carries the same id. */
  readonly commandId: string
  readonly executionId: string
  readonly key?: string
  readonly flow: string
  readonly channel: string
  readonly command: string
  readonly purpose: CommandPurpose
  readonly data: Json
}

/**
 * The `dueAt` of a command that waits for a person: it is never due by itself. The largest integer
 * that every store keeps exactly.
 */
export const parkedAt = Number.MAX_SAFE_INTEGER
