/** How long finished executions are kept, as configured. */
export interface RetentionOptions {
  /** Finished executions are deleted so long after their end; absent: they are kept for ever. */
  readonly finishedAfterMs?: number
  /** The folder that they are written to before; absent: they are deleted without a copy. */
  readonly archive?: string
}
