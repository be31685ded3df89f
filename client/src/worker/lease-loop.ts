import { createBackoff, pause } from '../backoff.ts'
import type { Log } from '../log.ts'
import type { CommandRunner } from './command-runner.ts'
import type { WorkerRoutes } from './worker-routes.ts'

export interface LeaseLoopOptions {
  readonly routes: WorkerRoutes
  readonly waitMs: number
  readonly runner: CommandRunner
  readonly log: Log
  /** Ends the loop, and the request it waits for. */
  readonly signal: AbortSignal
}

/** As many commands as one request may take. */
const commandsPerLeaseMax = 500
/** An empty answer before this has passed is not a long poll that ran out. */
const emptyAnswerMs = 50

/**
 * Asks for commands, one request after the other, while handlers run: with a long poll on the
 * server, a command is here as soon as it exists. Never throws; the server may come and go.
 */
export async function leaseUntilStopped(options: LeaseLoopOptions): Promise<void> {
  const { routes, runner, signal, log } = options
  const backoff = createBackoff()
  while (!signal.aborted) {
    const max = Math.min(runner.freeSlots(), commandsPerLeaseMax)
    if (max <= 0) {
      await runner.slotFreed(signal)
      continue
    }
    const askedAt = performance.now()
    try {
      const commands = await routes.lease(max, signal)
      if (backoff.failures > 0) log.info({}, 'the server answers again')
      backoff.reset()
      for (const command of commands) runner.accept(command)
      // A server that is stopping answers at once: do not ask it in a tight loop.
      const early = performance.now() - askedAt < Math.min(emptyAnswerMs, options.waitMs)
      if (commands.length === 0 && (early || options.waitMs === 0))
        await pause(emptyAnswerMs, signal)
    } catch (error) {
      if (signal.aborted) return
      if (backoff.failures === 0) log.warn({ error }, 'the server gives no commands; trying again')
      await pause(backoff.nextMs(retryAfterMs(error)), signal)
    }
  }
}

function retryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('retryAfterMs' in error)) return undefined
  return typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined
}
