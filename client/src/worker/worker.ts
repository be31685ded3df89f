import { pause } from '../backoff.ts'
import { createConnection } from '../connection.ts'
import type { JsonObject } from '../json.ts'
import { consoleLog } from '../console-log.ts'
import type { Handler } from './command.ts'
import { createCommandRunner } from './command-runner.ts'
import { leaseUntilStopped } from './lease-loop.ts'
import type { StopReport } from './stop-report.ts'
import type { WorkerOptions } from './worker-options.ts'
import { createWorkerRoutes } from './worker-routes.ts'
import { workerSettings } from './worker-settings.ts'

/** Carries out the commands of one channel. */
export interface Worker {
  readonly name: string
  /** Says who carries out a command. Before `start`, once per command. */
  handle<Data = JsonObject>(command: string, handler: Handler<Data>): Worker
  /** Begins to take commands; the server need not be there yet. */
  start(): void
  /**
   * Takes no more commands, lets handlers that run come to their end, sends their results. What is
   * not done after `graceMs` (default 10 s) is given up: its signal is aborted, and the server gives
   * the command to the next worker when its lease ends.
   */
  stop(options?: StopOptions): Promise<StopReport>
}

export interface StopOptions {
  readonly graceMs?: number
}

const defaultGraceMs = 10_000

/**
 * Makes a worker: a connection to one channel, with a handler for each command that this service
 * carries out.
 *
 * ```ts
 * const worker = createWorker({ channel: 'shop' })
 *   .handle('CheckInventory', async (command) => event('InventoryCheckOK', { shelf: 'A7' }))
 * worker.start()
 * ```
 */
export function createWorker(options: WorkerOptions): Worker {
  const settings = workerSettings(options)
  const log = options.log ?? consoleLog
  const handlers = new Map<string, Handler>()
  const routes = createWorkerRoutes(createConnection(options), {
    settings,
    commands: () => [...handlers.keys()],
  })
  const runner = createCommandRunner({ settings, handlers, routes, log })
  const leasing = new AbortController()
  let loop: Promise<void> | undefined
  let stopping: Promise<StopReport> | undefined

  async function stop(graceMs: number): Promise<StopReport> {
    leasing.abort()
    await loop
    const grace = new AbortController()
    const graceOver = pause(graceMs, grace.signal)
    await Promise.race([graceOver, runner.idle(grace.signal)])
    grace.abort()
    const report = runner.close()
    if (report.abandonedCommands + report.unsentResults > 0) {
      log.warn({ ...report }, 'the worker stopped before all was done')
    }
    return report
  }

  const worker: Worker = {
    name: settings.name,
    handle: (command, handler) => {
      if (loop !== undefined) throw new Error('expected handlers before start')
      if (handlers.has(command)) throw new Error(`expected one handler, found two of ${command}`)
      // The caller vouches for the shape of the data of this command.
      handlers.set(command, handler as Handler)
      return worker
    },
    start: () => {
      if (stopping !== undefined) throw new Error('expected a worker that was not stopped')
      if (handlers.size === 0) throw new Error('expected a handler at least, found none')
      loop ??= leaseUntilStopped({
        routes,
        runner,
        waitMs: settings.waitMs,
        log,
        signal: leasing.signal,
      })
    },
    stop: ({ graceMs = defaultGraceMs } = {}) => (stopping ??= stop(graceMs)),
  }
  return worker
}
