import type { Logger } from 'pino'
import type { CommandContext } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'

/** Something that runs until it is told to stop. */
export interface Service {
  stop(): Promise<void>
}

/**
 * Waits for SIGTERM or SIGINT, then stops gracefully; a second signal ends the process at once. An
 * error that nobody caught is logged and ends the process with exit code 70: the store is made for
 * being cut off, a process in an unknown state is not.
 */
export async function serveUntilSignal(
  context: CommandContext,
  service: Service,
  log: Logger,
): Promise<void> {
  process.on('uncaughtException', (error) => endAfterMistake(error, log))
  process.on('unhandledRejection', (error) => endAfterMistake(error, log))
  const signal = await firstSignal()
  log.info({ signal }, 'stopping; a second signal ends it at once')
  process.on('SIGINT', endNow)
  process.on('SIGTERM', endNow)
  await service.stop()
  log.info({}, 'stopped')
  context.exit(exitCodes.ok.code)
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(signal))
    }
  })
}

function endNow(): void {
  process.exit(exitCodes.interrupted.code)
}

function endAfterMistake(error: unknown, log: Logger): void {
  log.fatal({ err: error }, 'an error that nobody caught; ending')
  process.exit(exitCodes.internal.code)
}
