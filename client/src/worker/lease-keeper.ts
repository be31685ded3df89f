import type { Log } from '../log.ts'
import type { RunningCommand } from './running-command.ts'
import type { WorkerRoutes } from './worker-routes.ts'

/**
 * Prolongs the leases of commands that are held for more than a third of their lease. The check
 * comes once every third, so a lease is prolonged with at least one third of it left.
 */
export interface LeaseKeeper {
  /** To be called when a command starts; the first one starts the clock. */
  watch(): void
  stop(): void
}

export interface LeaseKeeperOptions {
  readonly routes: WorkerRoutes
  readonly running: ReadonlyMap<string, RunningCommand>
  readonly leaseMs: number
  readonly log: Log
}

/** As many ids as one request may carry. */
const idsPerRequest = 500

export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { routes, running, leaseMs, log } = options
  const periodMs = leaseMs / 3
  let timer: ReturnType<typeof setTimeout> | undefined
  const stopping = new AbortController()

  function watch(): void {
    if (stopping.signal.aborted || timer !== undefined) return
    timer = setTimeout(() => void check(), periodMs)
  }

  async function check(): Promise<void> {
    const now = Date.now()
    const ids: string[] = []
    for (const [id, held] of running) {
      if (!held.lost && now - held.leasedAt >= periodMs * 0.9) ids.push(id)
    }
    for (let start = 0; start < ids.length && !stopping.signal.aborted; start += idsPerRequest) {
      await extend(ids.slice(start, start + idsPerRequest))
    }
    timer = undefined
    if (running.size > 0) watch()
  }

  async function extend(ids: readonly string[]): Promise<void> {
    const askedAt = Date.now()
    try {
      const { lost } = await routes.extend(ids, periodMs)
      for (const id of ids) {
        const held = running.get(id)
        if (held !== undefined) held.leasedAt = askedAt
      }
      for (const id of lost) {
        const held = running.get(id)
        if (held === undefined) continue
        held.lost = true
        held.abort(new Error(`the lease of command ${id} was lost`))
        log.warn({ command: held.command.command, id }, 'a lease was lost while its handler ran')
      }
    } catch (error) {
      // Not prolonged now, so tried again at the next check; the result counts also without a lease.
      log.debug({ error, commands: ids.length }, 'leases could not be prolonged')
    }
  }

  return {
    watch,
    stop: () => {
      stopping.abort()
      clearTimeout(timer)
    },
  }
}
