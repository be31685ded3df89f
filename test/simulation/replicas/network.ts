import type { Engine } from '../../../src/engine/engine.ts'
import { SignalboxError } from '../../../src/errors/signalbox-error.ts'
import type { World } from '../world.ts'
import { messageOf, type Life, type Replica } from './replica.ts'

/** What a caller knows in the end. */
export type Reply<Result> =
  | { readonly kind: 'answered'; readonly value: Result }
  /** Refused with a code: nothing was done, or (with `mayBeDone`) perhaps something. */
  | { readonly kind: 'refused'; readonly code: string; readonly mayBeDone: boolean }
  /** No answer: it may be done or not. */
  | { readonly kind: 'silence' }

export interface Call<Result> {
  /** Who calls: choices are made on this stream. */
  readonly from: string
  readonly to: Replica
  readonly timeoutMs: number
  readonly work: (engine: Engine, life: Life, gone: AbortSignal) => Promise<Result>
  /** Called where the answer is given, whether it arrives or not. */
  readonly onAnswer?: (value: Result, life: Life) => void
}

/** Calls a replica over a network that is slow, and loses requests and answers. */
export function call<Result>(world: World, request: Call<Result>): Promise<Reply<Result>> {
  const { clock, tape, coverage, weather } = world
  const { from, to, work, onAnswer } = request
  const { promise, resolve } = Promise.withResolvers<Reply<Result>>()
  const gone = new AbortController()
  const end = (reply: Reply<Result>): void => {
    cancelTimeout()
    resolve(reply)
  }
  const cancelTimeout = clock.schedule(request.timeoutMs, () => {
    resolve({ kind: 'silence' })
    // Those who hang up are noticed at times, and at times they are not.
    if (!tape.chance(from, 500)) gone.abort()
  })
  const delayMs = (): number =>
    weather.networkDelayMaxMs === 0 ? 0 : tape.draw(from, weather.networkDelayMaxMs)

  function answer(reply: Reply<Result>): void {
    if (tape.chance(from, weather.requestLossPermille)) {
      coverage.count('answers lost')
      world.story.tell(from, `an answer of ${to.name} is lost`)
      return
    }
    clock.schedule(delayMs(), () => end(reply))
  }

  if (tape.chance(from, weather.requestLossPermille)) {
    coverage.count('requests lost')
    world.story.tell(from, `a request to ${to.name} is lost`)
    return promise
  }
  clock.schedule(delayMs(), () => {
    const life = to.life()
    if (life === undefined || !life.isStarted()) {
      coverage.count('requests to nobody')
      end({ kind: 'silence' })
      return
    }
    life.process.enter(() => {
      attempt(() => work(life.engine, life, gone.signal)).then(
        (value) => {
          onAnswer?.(value, life)
          return answer({ kind: 'answered', value })
        },
        (error: unknown) => answer(refusalOf(error, world, life)),
      )
    })
  })
  return promise
}

function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return work()
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Codes after which the caller does not know whether it was done. */
const unknownCodes = new Set(['STORE_UNAVAILABLE', 'BUSY', 'STOPPING'])

function refusalOf(error: unknown, { violations }: World, life: Life): Reply<never> {
  if (error instanceof SignalboxError) {
    const { code } = error
    if (code === 'EXECUTION_QUARANTINED' || code === 'INTERNAL') {
      violations.report('the engine makes no mistakes', `${life.process.name}: ${error.message}`)
    }
    return { kind: 'refused', code, mayBeDone: unknownCodes.has(code) }
  }
  // Whatever the store threw reaches the caller as it is in places; HTTP answers 500 to it.
  return { kind: 'refused', code: messageOf(error), mayBeDone: true }
}
