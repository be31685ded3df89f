/** What was left when a worker had stopped; both are 0 after a clean stop. */
export interface StopReport {
  /** Handlers that were still running. */
  readonly abandonedCommands: number
  /** Results that the server has not answered for. */
  readonly unsentResults: number
}
