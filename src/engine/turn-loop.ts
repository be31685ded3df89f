import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import type { Request } from './request.ts'
import { runTurn, type TurnDeps } from './turn.ts'

/** Collects requests and runs turns, one at a time. */
export interface TurnLoop {
  /** Takes a request from outside. Throws BUSY when too much is waiting. */
  submit(request: Request): void
  /** Takes a request of the engine itself, which must not be refused. */
  submitInternal(request: Request): void
  waiting(): number
  turns(): number
  /** When the turn that is running began. */
  turnSince(): number | undefined
  /** Fulfilled when the turn that is running, if any, has ended. */
  turnEnded(): Promise<void>
  /** Fulfilled when nothing is waiting and no turn is running. */
  drained(): Promise<void>
}

export function createTurnLoop(
  deps: Omit<TurnDeps, 'requeue'>,
  waitingMax: number = limits.inboundMessages,
): TurnLoop {
  let queue: Request[] = []
  let running = false
  let turns = 0
  let turnSince: number | undefined
  let onDrained: (() => void)[] = []
  let turn: Promise<void> = Promise.resolve()
  const turnDeps: TurnDeps = {
    ...deps,
    // Put in front: what came first is decided first.
    requeue: (requests) => {
      queue = [...requests, ...queue]
    },
  }

  function schedule(): void {
    if (running) return
    running = true
    // After the poll phase: everything that this round of the event loop has read is in one turn.
    setImmediate(() => void run())
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch =
        queue.length <= limits.batchMessages ? queue : queue.slice(0, limits.batchMessages)
      queue = queue.length <= limits.batchMessages ? [] : queue.slice(limits.batchMessages)
      turns += 1
      turnSince = deps.now()
      turn = runTurn(turnDeps, batch)
      await turn
      turnSince = undefined
      if (queue.length > 0) await nextRound()
    }
    running = false
    const resolves = onDrained
    onDrained = []
    for (const resolve of resolves) resolve()
  }

  return {
    submit(request) {
      if (queue.length >= waitingMax) {
        throw new SignalboxError(
          'BUSY',
          `expected fewer than ${waitingMax} messages waiting, found ${queue.length}`,
          { retryAfterMs: 1_000 },
        )
      }
      queue.push(request)
      schedule()
    },
    submitInternal(request) {
      queue.push(request)
      schedule()
    },
    waiting: () => queue.length,
    turns: () => turns,
    turnSince: () => turnSince,
    turnEnded: () => turn,
    drained() {
      if (!running && queue.length === 0) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      onDrained.push(resolve)
      return promise
    },
  }
}

/** Lets sockets be read between turns: those who answer quickly join the next commit. */
function nextRound(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}
