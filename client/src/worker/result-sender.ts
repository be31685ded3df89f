import { createBackoff } from '../backoff.ts'
import { atEndOfTurn } from '../end-of-turn.ts'
import type { Log } from '../log.ts'
import { SignalboxClientError } from '../signalbox-client-error.ts'
import { failedWith, type FinishedCommand } from './finished-command.ts'
import { TerminalError } from './failures.ts'
import type { ResultAnswer, WorkerRoutes } from './worker-routes.ts'

/**
 * Brings results to the server, whatever happens to the connection: a result is kept until the
 * server has answered for it. What finished in one turn of the event loop travels together.
 */
export interface ResultSender {
  add(finished: FinishedCommand): void
  /** A result that the server has not answered for yet. */
  held(commandId: string): FinishedCommand | undefined
  /** Forgets a held result that the server evidently knows. */
  drop(commandId: string): void
  /** How many results are held. */
  heldCount(): number
  /** Ends the requests under way; what is held stays unsent. */
  close(): void
}

export interface ResultSenderOptions {
  readonly routes: WorkerRoutes
  readonly log: Log
  /** Called when the server has answered for results. */
  readonly onAnswered: () => void
}

const requestsInFlightMax = 4
const resultsPerRequestMax = 500
/** A request stays well below what servers and proxies usually take. */
const charactersPerRequestMax = 500_000
/** The server understood the request and refuses its content: the same content will not pass later. */
const contentStatuses = new Set([400, 413, 422])

export function createResultSender(options: ResultSenderOptions): ResultSender {
  const { routes, log, onAnswered } = options
  const heldById = new Map<string, FinishedCommand>()
  const backoff = createBackoff()
  const closing = new AbortController()
  /** The results that were refused, by the failures that were sent in their place. */
  const originals = new WeakMap<FinishedCommand, FinishedCommand>()
  let queue: FinishedCommand[] = []
  let requestsInFlight = 0
  let scheduled = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  function add(finished: FinishedCommand): void {
    if (closing.signal.aborted || heldById.get(finished.id) === finished) return
    heldById.set(finished.id, finished)
    queue.push(finished)
    if (scheduled) return
    scheduled = true
    atEndOfTurn(() => {
      scheduled = false
      sendWaiting()
    })
  }

  function sendWaiting(): void {
    while (queue.length > 0 && requestsInFlight < requestsInFlightMax) {
      if (retryTimer !== undefined || closing.signal.aborted) return
      const batch = takeBatch()
      if (batch.length > 0) void send(batch)
    }
  }

  function takeBatch(): FinishedCommand[] {
    const batch: FinishedCommand[] = []
    let characters = 0
    let taken = 0
    for (const finished of queue) {
      characters += finished.json.length
      const full = batch.length === resultsPerRequestMax || characters > charactersPerRequestMax
      if (full && batch.length > 0) break
      taken += 1
      // Replaced or dropped since it was queued: no longer what is to be said.
      if (heldById.get(finished.id) === finished) batch.push(finished)
    }
    queue = taken === queue.length ? [] : queue.slice(taken)
    return batch
  }

  async function send(batch: readonly FinishedCommand[]): Promise<void> {
    requestsInFlight += 1
    try {
      const answers = await routes.results(
        batch.map((finished) => finished.json),
        closing.signal,
      )
      backoff.reset()
      settle(batch, answers)
    } catch (error) {
      if (!closing.signal.aborted) recover(batch, error)
    } finally {
      requestsInFlight -= 1
    }
    sendWaiting()
  }

  function settle(batch: readonly FinishedCommand[], answers: readonly ResultAnswer[]): void {
    for (const finished of batch) forget(finished)
    for (const { id, applied, reason } of answers) {
      if (!applied) log.debug({ id, reason }, 'a result had no effect')
    }
    onAnswered()
  }

  function recover(batch: readonly FinishedCommand[], error: unknown): void {
    if (error instanceof SignalboxClientError && contentStatuses.has(error.status)) {
      refuse(batch, error)
      return
    }
    keep(batch, error)
  }

  function keep(batch: readonly FinishedCommand[], error: unknown): void {
    queue = [...batch, ...queue]
    if (retryTimer !== undefined) return
    const retryAfterMs = error instanceof SignalboxClientError ? error.retryAfterMs : undefined
    const waitMs = backoff.nextMs(retryAfterMs)
    if (backoff.failures === 1) {
      log.warn({ error, results: heldById.size }, 'results could not be sent; they are kept')
    }
    retryTimer = setTimeout(() => {
      retryTimer = undefined
      sendWaiting()
    }, waitMs)
  }

  /**
   * Finds the result that spoils the batch by halving; that one becomes a failure for good. Where
   * the failure is refused too, it is not the content: the result itself is kept for better times.
   */
  function refuse(batch: readonly FinishedCommand[], error: SignalboxClientError): void {
    const [only] = batch
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2)
      void send(batch.slice(0, middle))
      void send(batch.slice(middle))
      return
    }
    if (only === undefined) return
    log.error({ id: only.id, error }, 'the server refuses the result of a command')
    forget(only)
    const original = originals.get(only)
    if (original !== undefined) {
      heldById.set(original.id, original)
      keep([original], error)
      return
    }
    const replacement = failedWith(only, new TerminalError(error.detail, { code: error.code }))
    originals.set(replacement, only)
    add(replacement)
  }

  function forget(finished: FinishedCommand): void {
    if (heldById.get(finished.id) === finished) heldById.delete(finished.id)
  }

  return {
    add,
    held: (commandId) => heldById.get(commandId),
    drop: (commandId) => void heldById.delete(commandId),
    heldCount: () => heldById.size,
    close: () => {
      clearTimeout(retryTimer)
      closing.abort()
    },
  }
}
