import type { Log } from './log.ts'

/** The default: warnings and errors go to the console, in a line each; the rest goes nowhere. */
export const consoleLog: Log = {
  debug: () => {},
  info: () => {},
  // oxlint-disable-next-line no-console -- a library without a logger has no other voice
  warn: (fields, message) => console.warn(line(fields, message)),
  // oxlint-disable-next-line no-console -- a library without a logger has no other voice
  error: (fields, message) => console.error(line(fields, message)),
}

function line(fields: object, message: string): string {
  const parts = Object.entries(fields).map(([name, value]: [string, unknown]) =>
    value instanceof Error ? value.message : `${name} ${String(value)}`,
  )
  return `signalbox: ${[message, ...parts].join(': ')}`
}
