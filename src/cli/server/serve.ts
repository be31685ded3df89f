import type { Logger } from 'pino'
import type { CommandContext } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'

/** Something that runs until it is told to stop. */
export interface Service {
  stop(): Promise<void>
}

/** How long what is left after a stop may hold the process open. */
const lingerMs = 500

/**
 * Catches signals and mistakes from now on: call it before anything is started, so that a signal
 * during the start is an orderly end too. Errors that nobody caught are logged and end the process
 * with exit code 70: the store is made for being cut off, a process in an unknown state is not.
 *
 * The function that it returns waits for the first SIGTERM, SIGINT or SIGHUP, then stops the service
 * gracefully; a second signal ends the process at once.
 */
export function prepareToServe(
  context: CommandContext,
  log: Logger,
): (service: Service) => Promise<void> {
  const told = Promise.withResolvers<NodeJS.Signals>()
  let signals = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      signals += 1
      if (signals > 1) process.exit(exitCodes.interrupted.code)
      told.resolve(name)
    })
  }
  process.on('uncaughtException', (error) => endAfterMistake(error, log))
  process.on('unhandledRejection', (error) => endAfterMistake(error, log))

  return async (service) => {
    const signal = await told.promise
    log.info({ signal }, 'stopping; a second signal ends it at once')
    await service.stop()
    log.info({}, 'stopped')
    context.exit(exitCodes.ok.code)
    // What was cut off at the deadline may hold the process open; it has had its time.
    setTimeout(() => process.exit(exitCodes.ok.code), lingerMs).unref()
  }
}

function endAfterMistake(error: unknown, log: Logger): void {
  log.fatal({ err: error }, 'an error that nobody caught; ending')
  process.exit(exitCodes.internal.code)
}
