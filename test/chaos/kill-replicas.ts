import { setTimeout as delay } from 'node:timers/promises'
import type { OrderShop } from './order-shop.ts'

/** Replicas that die and come back, one after the other. */
export interface Killing {
  readonly kills: number
  /** No more kills; fulfilled when all replicas are ready again. */
  end(): Promise<void>
}

export interface KillingOptions {
  readonly replicas: number
  /** Bounds of the pause between two kills. */
  readonly pauseMs: readonly [number, number]
  /** Called before each kill. */
  readonly onKill: (replica: number) => Promise<void>
}

/** Kills one that is ready, at random, every now and then, and starts it again at once. */
export function killReplicas(shop: OrderShop, options: KillingOptions): Killing {
  const { replicas, pauseMs, onKill } = options
  const [shortest, longest] = pauseMs
  const restarts = new Set<Promise<void>>()
  const ending = new AbortController()
  let kills = 0

  async function killUntilTheEnd(): Promise<void> {
    while (!ending.signal.aborted) {
      await delay(shortest + Math.random() * (longest - shortest))
      const ready = Array.from({ length: replicas }, (_, index) => index).filter(shop.isReady)
      const victim = ready[Math.floor(Math.random() * ready.length)]
      if (victim === undefined || ending.signal.aborted) continue
      await onKill(victim)
      await shop.killServer(victim)
      kills += 1
      const restart = startUntilReady(shop, victim)
      restarts.add(restart)
      void restart.finally(() => restarts.delete(restart))
    }
  }

  const killed = killUntilTheEnd()
  return {
    get kills() {
      return kills
    },
    async end() {
      ending.abort()
      await killed
      await Promise.all(restarts)
    },
  }
}

/** As a supervisor does: while the store is away a start fails, and is tried again. */
async function startUntilReady(shop: OrderShop, replica: number): Promise<void> {
  for (;;) {
    try {
      await shop.startServer(replica)
      return
    } catch {
      // It ended before it was ready; its log says why.
      await delay(200)
    }
  }
}
