import { atEndOfTurn } from '../end-of-turn.ts'
import type { Log } from '../log.ts'
import type { Command, Handler } from './command.ts'
import { failedWith, finishedWith, type FinishedCommand } from './finished-command.ts'
import { createLeaseKeeper } from './lease-keeper.ts'
import { createNotice } from './notice.ts'
import { createRecentResults } from './recent-results.ts'
import { createResultSender } from './result-sender.ts'
import { RunningCommand } from './running-command.ts'
import type { StopReport } from './stop-report.ts'
import type { WorkerSettings } from './worker-settings.ts'
import type { WorkerRoutes } from './worker-routes.ts'

/** Runs handlers: once per command, however often the command comes, and reports what came of it. */
export interface CommandRunner {
  /** Takes a leased command over. Never throws. */
  accept(command: Command): void
  /** How many commands can be taken now. */
  freeSlots(): number
  /** Fulfilled when there may be a free slot again, or when aborted. */
  slotFreed(signal: AbortSignal): Promise<void>
  /** Fulfilled when no handler runs and the server has answered for every result, or when aborted. */
  idle(signal: AbortSignal): Promise<void>
  /** Gives up what is left. */
  close(): StopReport
}

export interface CommandRunnerOptions {
  readonly settings: WorkerSettings
  readonly handlers: ReadonlyMap<string, Handler>
  readonly routes: WorkerRoutes
  readonly log: Log
}

/** Results that may wait for a server that does not take them, before no more commands are taken. */
const heldResultsMax = 1_000
const recentResultsMax = 1_000

export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  const { handlers, routes, log } = options
  const { maxInFlight, leaseMs } = options.settings
  const running = new Map<string, RunningCommand>()
  const recent = createRecentResults(recentResultsMax)
  const progress = createNotice()
  const sender = createResultSender({ routes, log, onAnswered: noticeProgress })
  const keeper = createLeaseKeeper({ routes, running, leaseMs, log })
  let noticeScheduled = false

  function accept(command: Command): void {
    const { id, attempt } = command
    const repeated = running.get(id)
    if (repeated !== undefined) {
      repeated.renew(Date.now())
      return
    }
    const held = sender.held(id)
    if (held !== undefined) {
      // A later attempt tells that the server knows of the failure that is still being sent.
      if (!held.failed || held.attempt >= attempt) return
      sender.drop(id)
    }
    const known = recent.get(id)
    if (known === undefined) void carryOut(command)
    else sender.add(known)
  }

  async function carryOut(command: Command): Promise<void> {
    const context = new RunningCommand(command, Date.now())
    running.set(command.id, context)
    keeper.watch()
    const finished = await runHandler(command, context)
    running.delete(command.id)
    if (!finished.failed) recent.add(finished)
    // Who lost the lease may still report what was done, but not fail what another now attempts.
    if (!finished.failed || !context.lost) sender.add(finished)
    noticeProgress()
  }

  async function runHandler(command: Command, context: RunningCommand): Promise<FinishedCommand> {
    try {
      const handler = handlers.get(command.command)
      if (handler === undefined) throw new Error(`this worker does not handle ${command.command}`)
      return finishedWith(command, await handler(command, context))
    } catch (error) {
      log.info({ command: command.command, id: command.id, error }, 'a handler failed')
      return failedWith(command, error)
    }
  }

  function freeSlots(): number {
    const untilHeldResultsMax = heldResultsMax + maxInFlight - sender.heldCount()
    return Math.min(maxInFlight, untilHeldResultsMax) - running.size
  }

  /** At the end of the turn, so that one request asks for all the slots that became free in it. */
  function noticeProgress(): void {
    if (noticeScheduled) return
    noticeScheduled = true
    atEndOfTurn(() => {
      noticeScheduled = false
      progress.give()
    })
  }

  async function idle(signal: AbortSignal): Promise<void> {
    while (running.size + sender.heldCount() > 0 && !signal.aborted) await progress.wait(signal)
  }

  function close(): StopReport {
    const report = { abandonedCommands: running.size, unsentResults: sender.heldCount() }
    for (const held of running.values()) held.abort(new Error('the worker has stopped'))
    keeper.stop()
    sender.close()
    return report
  }

  return { accept, freeSlots, slotFreed: progress.wait, idle, close }
}
