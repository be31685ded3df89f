import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import type { Request } from './request.ts'
import { runTurn, type TurnDeps } from './turn.ts'

/** Collects requests and runs turns. */
export interface TurnLoop {
  /** Takes a request from outside. Throws BUSY when too much is waiting. */
  submit(request: Request): void
  /** Takes a request of the engine itself, which must not be refused. */
  submitInternal(request: Request): void
  waiting(): number
  turns(): number
  /** When the oldest turn that is running began. */
  turnSince(): number | undefined
  /** Fulfilled when the turns that are running, if any, have ended. */
  turnEnded(): Promise<void>
  /** Fulfilled when nothing is waiting and no turn is running. */
  drained(): Promise<void>
}

interface Turn {
  readonly since: number
  readonly executionIds: ReadonlySet<string>
  readonly ended: Promise<void>
}

/**
 * @param turnsMax turns that may run at once. An execution is in one of them at most, so its messages
 *   are decided one after the other all the same; more than one pays where the store can commit one
 *   batch while another waits for the disk.
 */
export function createTurnLoop(
  deps: Omit<TurnDeps, 'requeue'>,
  waitingMax: number = limits.inboundMessages,
  turnsMax = 1,
): TurnLoop {
  let queue: Request[] = []
  let turns = 0
  let isScheduled = false
  let onDrained: (() => void)[] = []
  const running = new Set<Turn>()
  const turnDeps: TurnDeps = {
    ...deps,
    // Put in front: what came first is decided first.
    requeue: (requests) => {
      queue = [...requests, ...queue]
    },
  }

  function schedule(): void {
    if (isScheduled || running.size >= turnsMax) return
    isScheduled = true
    // After the poll phase: everything that this round of the event loop has read is in one turn.
    setImmediate(begin)
  }

  function begin(): void {
    isScheduled = false
    const batch = running.size === 0 ? takeFirst() : takeFree()
    if (batch.length === 0) return
    turns += 1
    const turn: Turn = {
      since: deps.now(),
      executionIds: new Set(batch.map(({ executionId }) => executionId)),
      ended: runTurn(turnDeps, batch).then(() => end(turn)),
    }
    running.add(turn)
    if (queue.length > 0) schedule()
  }

  function end(turn: Turn): void {
    running.delete(turn)
    if (queue.length > 0) schedule()
    else if (running.size === 0) tellDrained()
  }

  function takeFirst(): readonly Request[] {
    const batch =
      queue.length <= limits.batchMessages ? queue : queue.slice(0, limits.batchMessages)
    queue = queue.length <= limits.batchMessages ? [] : queue.slice(limits.batchMessages)
    return batch
  }

  /** What belongs to no execution of a turn that is running. */
  function takeFree(): readonly Request[] {
    const batch: Request[] = []
    const rest: Request[] = []
    const taken = [...running].map(({ executionIds }) => executionIds)
    for (const request of queue) {
      const isFree =
        batch.length < limits.batchMessages && !taken.some((ids) => ids.has(request.executionId))
      if (isFree) batch.push(request)
      else rest.push(request)
    }
    queue = rest
    return batch
  }

  function tellDrained(): void {
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
    turnSince() {
      const [oldest] = running
      return oldest?.since
    },
    async turnEnded() {
      await Promise.all([...running].map(({ ended }) => ended))
    },
    drained() {
      if (running.size === 0 && queue.length === 0) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      onDrained.push(resolve)
      return promise
    },
  }
}
