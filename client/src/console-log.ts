import type { Log } from './log.ts'

/** The default: warnings and errors go to the console, the rest nowhere. */
export const consoleLog: Log = {
  debug: () => {},
  info: () => {},
  // oxlint-disable-next-line no-console -- a library without a logger has no other voice
  warn: (fields, message) => console.warn(`signalbox: ${message}`, fields),
  // oxlint-disable-next-line no-console -- as above
  error: (fields, message) => console.error(`signalbox: ${message}`, fields),
}
