import { createBackoff } from '../backoff.ts'
import { atEndOfTurn } from '../end-of-turn.ts'
import type { Log } from '../log.ts'
import type { Answer } from './encode-answer.ts'

/**
 * Brings answers to the broker, whatever happens to the connection. What is ready in one turn of the
 * event loop travels together.
 */
export interface AnswerSender {
  /**
   * Fulfilled when every replica of the broker has the answer; with an error when the broker will
   * never take it. While the broker is away, it is kept and sent again.
   */
  send(answer: Answer): Promise<Error | undefined>
  /** Sends nothing more; what is not acknowledged is left. */
  close(): void
}

export interface AnswerSenderOptions {
  /** Rejects when it is not known that all were taken. */
  readonly produce: (answers: readonly Answer[]) => Promise<void>
  /** Whether the content is refused: the same content will not pass later. */
  readonly isRefusal: (error: unknown) => error is Error
  readonly log: Log
}

interface Waiting {
  readonly answer: Answer
  readonly done: (refusal?: Error) => void
}

const requestsInFlightMax = 4
const answersPerRequestMax = 500
/** Brokers take a megabyte at once where nobody says otherwise. */
const charactersPerRequestMax = 250_000

export function createAnswerSender(options: AnswerSenderOptions): AnswerSender {
  const { produce, isRefusal, log } = options
  const backoff = createBackoff()
  let queue: Waiting[] = []
  let requestsInFlight = 0
  let scheduled = false
  let closed = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  function send(answer: Answer): Promise<Error | undefined> {
    return new Promise((done) => {
      queue.push({ answer, done })
      if (scheduled) return
      scheduled = true
      atEndOfTurn(() => {
        scheduled = false
        sendWaiting()
      })
    })
  }

  function sendWaiting(): void {
    while (queue.length > 0 && requestsInFlight < requestsInFlightMax) {
      if (retryTimer !== undefined || closed) return
      void request(takeBatch())
    }
  }

  function takeBatch(): readonly Waiting[] {
    let characters = 0
    let taken = 0
    for (const { answer } of queue) {
      characters += answer.value.length
      const full = taken === answersPerRequestMax || characters > charactersPerRequestMax
      if (full && taken > 0) break
      taken += 1
    }
    const batch = queue.slice(0, taken)
    queue = queue.slice(taken)
    return batch
  }

  async function request(batch: readonly Waiting[]): Promise<void> {
    requestsInFlight += 1
    try {
      await produce(batch.map(({ answer }) => answer))
      if (backoff.failures > 0) log.info({}, 'the broker takes answers again')
      backoff.reset()
      for (const { done } of batch) done()
    } catch (error) {
      if (!closed) recover(batch, error)
    } finally {
      requestsInFlight -= 1
    }
    sendWaiting()
  }

  /** A refusal concerns the whole request; the answer that it is about is found by halving. */
  function recover(batch: readonly Waiting[], error: unknown): void {
    if (!isRefusal(error)) return keep(batch, error)
    const [only] = batch
    if (batch.length === 1) return only?.done(error)
    const middle = Math.ceil(batch.length / 2)
    void request(batch.slice(0, middle))
    void request(batch.slice(middle))
  }

  function keep(batch: readonly Waiting[], error: unknown): void {
    queue = [...batch, ...queue]
    if (retryTimer !== undefined) return
    const waitMs = backoff.nextMs()
    if (backoff.failures === 1) {
      log.warn({ error, answers: queue.length }, 'answers could not be sent; they are kept')
    }
    retryTimer = setTimeout(() => {
      retryTimer = undefined
      sendWaiting()
    }, waitMs)
  }

  return {
    send,
    close: () => {
      closed = true
      clearTimeout(retryTimer)
    },
  }
}
