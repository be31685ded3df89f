import type { Command, HandlerContext } from './command.ts'

/** A command whose handler runs. The controller is made when the handler first asks for its signal. */
export class RunningCommand implements HandlerContext {
  readonly command: Command
  /** When its lease was last given or prolonged, in ms of the local clock. */
  leasedAt: number
  /** The lease went to another worker, or the command was settled or withdrawn. */
  lost = false
  #controller: AbortController | undefined
  #abortReason: Error | undefined

  constructor(command: Command, now: number) {
    this.command = command
    this.leasedAt = now
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason)
    }
    return this.#controller.signal
  }

  /** The server gave us the command again: we hold its lease. */
  renew(now: number): void {
    this.leasedAt = now
    this.lost = false
  }

  abort(reason: Error): void {
    this.#abortReason ??= reason
    this.#controller?.abort(reason)
  }
}
