import type { NewCommand } from './read-command.ts'

/** A partition of this process, from its assignment until it goes to another member. */
export interface Claim {
  /** Nothing more is begun for it; what runs may end. */
  readonly lost: boolean
}

/** A command that was read and has not ended. */
export class Work {
  readonly command: NewCommand
  attempts = 0
  /** How often the broker has refused what was answered. */
  refusals = 0
  #claims: { readonly claim: Claim; readonly ended: () => void }[] = []
  #controller = new AbortController()

  constructor(command: NewCommand) {
    this.command = command
  }

  /** The same command, read once more: it ends when this work ends. */
  attach(claim: Claim, ended: () => void): void {
    this.#claims.push({ claim, ended })
    if (this.#controller.signal.aborted) this.#controller = new AbortController()
  }

  /** Every partition that it came from belongs to others now, who read it again. */
  get lost(): boolean {
    return this.#claims.every(({ claim }) => claim.lost)
  }

  /** Of the attempt under way. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: Error): void {
    this.#controller.abort(reason)
  }

  end(): void {
    for (const { claim, ended } of this.#claims) if (!claim.lost) ended()
  }
}
