/** What one transition of a saga writes: four rows. */
export interface BareTransition {
  readonly executionId: string
  readonly revision: number
  readonly messageId: string
  readonly status: string
  readonly node: string
  /** JSON of the execution's data after the transition. */
  readonly state: string
  /** JSON of what happened. */
  readonly fact: string
  /** The command that the transition sends; absent at the end. */
  readonly command?: string
  readonly at: number
}

/**
 * The rows a saga engine cannot do without, written with nothing around it: what was decided
 * (journal), where the execution stands (execution), which message was applied (inbox), which
 * command is to be delivered (outbox, one row an execution, replaced by the next command).
 */
export interface BareRows {
  /** Writes the transitions in one transaction; after it they are on the disk. */
  write(transitions: readonly BareTransition[]): Promise<void>
  countCompleted(): Promise<number>
  close(): Promise<void>
}
