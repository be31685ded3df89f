import type { LeasedCommand, LeaseRequest } from '../../channel/channel.ts'
import { createQueueChannel } from '../../channel/queue/queue-channel.ts'
import { openSharedMemory } from '../../store/memory/memory-for-replicas.ts'
import type { Store } from '../../store/store.ts'
import { createEngine } from '../create-engine.ts'
import type { Engine } from '../engine.ts'
import { silentLog } from '../log.ts'
import type { Clock } from '../options.ts'
import { createFaultyStore, type FaultyStore } from './faulty-store.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export const leaseMs = 9_000

/** Real engines with queue channels on one shared memory, in a time of their own. */
export interface Cluster {
  readonly clock: VirtualClock
  /** The store, seen from outside. */
  readonly store: Store
  addReplica(): Promise<TestReplica>
  /** Stops every replica that is still there. */
  close(): Promise<void>
}

export interface TestReplica {
  readonly engine: Engine
  readonly faults: FaultyStore
  /** What is ready for a worker of this replica, once everything under way has ended. */
  lease(request?: Partial<LeaseRequest>): Promise<readonly LeasedCommand[]>
  /** The process dies in the middle of whatever it does. */
  kill(): void
  /** The process stands still; what was due meanwhile happens when it goes on. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

export async function openCluster(): Promise<Cluster> {
  const clock = createVirtualClock()
  const memory = openSharedMemory({ now: () => clock.now() })
  const replicas = new Set<TestReplica>()
  clock.waitWhile(() =>
    [...replicas].some(
      ({ faults, engine }) => faults.isBusy() || engine.stats().inboundMessages > 0,
    ),
  )

  async function addReplica(): Promise<TestReplica> {
    const faults = createFaultyStore(await memory.open())
    const own = createOwnClock(clock)
    const engine = createEngine({
      store: faults.store,
      channels: [],
      createQueue: (name) => createQueueChannel({ name, schedule: own.clock.schedule }),
      clock: own.clock,
      log: silentLog,
      replica: { name: `replica ${replicas.size + 1}`, leaseMs },
    })
    await engine.start()
    const replica: TestReplica = {
      engine,
      faults,
      async lease(request = {}) {
        const usual = { worker: 'w1', max: 100, waitMs: 1, leaseMs: 30_000 }
        const leased = engine.queue('shop').lease({ ...usual, ...request })
        await clock.advance(Math.max(request.waitMs ?? 0, 1))
        return leased
      },
      kill() {
        own.end()
        faults.cut()
        replicas.delete(replica)
      },
      freeze: own.freeze,
      thaw: own.thaw,
      async stop() {
        const stopped = engine.stop(0)
        await clock.advance(10)
        await stopped
        replicas.delete(replica)
      },
    }
    replicas.add(replica)
    return replica
  }

  return {
    clock,
    store: await memory.open(),
    addReplica,
    async close() {
      for (const replica of replicas) await replica.stop()
    },
  }
}

interface OwnClock {
  readonly clock: Clock
  end(): void
  freeze(): void
  thaw(): void
}

/** One process's view of the time that all share. */
function createOwnClock(shared: VirtualClock): OwnClock {
  let isAlive = true
  let isFrozen = false
  let missed: (() => void)[] = []
  return {
    clock: {
      now: () => shared.now(),
      schedule: (delayMs, callback) => {
        let isCancelled = false
        const call = (): void => {
          if (isAlive && !isCancelled) callback()
        }
        const cancel = shared.schedule(delayMs, () => {
          if (isFrozen) missed.push(call)
          else call()
        })
        return () => {
          isCancelled = true
          cancel()
        }
      },
    },
    end() {
      isAlive = false
    },
    freeze() {
      isFrozen = true
    },
    thaw() {
      isFrozen = false
      const calls = missed
      missed = []
      for (const call of calls) call()
    },
  }
}
