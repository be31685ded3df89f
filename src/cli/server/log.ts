import { type Logger, pino } from 'pino'
import type { Configuration } from '../../config/configuration.ts'
import { createPrettyStream } from '../render/pretty-log.ts'
import type { Terminal } from '../terminal.ts'

/** The log on stderr: JSON lines for programs, short lines on a terminal. */
export function createLog(configuration: Configuration, terminal: Terminal): Logger {
  const { level, pretty } = configuration.log
  const readable = pretty === 'auto' ? terminal.talk.isTerminal : pretty
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    readable ? createPrettyStream(terminal.talk) : pino.destination({ fd: 2, sync: true }),
  )
}
