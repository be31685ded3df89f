import { SignalboxError } from '../../../src/errors/signalbox-error.ts'
import type { Store } from '../../../src/store/store.ts'
import type { SimulatedProcess } from '../replicas/process.ts'
import type { World } from '../world.ts'
import { aroundStore } from './around-store.ts'

/** A way to the store on which calls are slow, fail before or after they are carried out, or both. */
export interface UnreliableStore {
  readonly store: Store
  /** Every call fails until then. */
  awayUntil(time: number): void
  /** How many calls are under way. */
  underWay(): number
}

function unavailable(found: string): SignalboxError {
  return new SignalboxError('STORE_UNAVAILABLE', `expected the store to answer, found: ${found}`)
}

/** @param endsWithProcess a call on its way when the process dies is not carried out */
export function unreliableStore(
  target: Store,
  process: SimulatedProcess,
  stream: string,
  world: World,
  endsWithProcess: boolean,
): UnreliableStore {
  const { clock, tape, coverage, weather, story } = world
  let away = 0
  let underWay = 0

  function call<Result>(name: string, writes: boolean, work: () => Promise<Result>) {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const fate = drawFate(writes)
    underWay += 1
    const answer = (settle: () => void): void => {
      clock.schedule(fate.backMs, () => {
        underWay -= 1
        process.enter(settle)
      })
    }
    const fail = (error: Error): void => answer(() => reject(error))
    const carryOut = (): void => {
      if (endsWithProcess && !process.isAlive()) return
      if (clock.now() < away) {
        coverage.count('store calls to a store that was away')
        fail(unavailable('the store is away'))
        return
      }
      if (fate.fails === 'before') {
        coverage.count('store calls that failed before')
        story.tell(process.name, `${name} fails, nothing is done`)
        fail(unavailable('the store refuses'))
        return
      }
      work().then(
        (result) => {
          if (fate.fails === undefined) return answer(() => resolve(result))
          coverage.count('store calls that failed after they were carried out')
          story.tell(process.name, `${name} fails, though it is done`)
          // Drivers have errors of their own, too.
          return fail(new Error('the connection is lost'))
        },
        (error: unknown) => answer(() => reject(error)),
      )
    }
    process.enter(() => void clock.schedule(fate.thereMs, carryOut))
    return promise
  }

  function drawFate(writes: boolean) {
    const { storeFaultPermille, storeDelayMaxMs } = weather
    const fails = tape.chance(stream, storeFaultPermille)
    return {
      thereMs: storeDelayMaxMs === 0 ? 0 : tape.draw(stream, storeDelayMaxMs),
      backMs: storeDelayMaxMs === 0 ? 0 : tape.draw(stream, storeDelayMaxMs),
      fails: !fails ? undefined : writes && tape.draw(stream, 2) === 1 ? 'after' : 'before',
    }
  }

  return {
    store: {
      ...aroundStore(target, ({ name, writes }, work) => call(name, writes, work)),
      close: () => Promise.resolve(),
    },
    awayUntil: (time) => {
      away = time
    },
    underWay: () => underWay,
  }
}
