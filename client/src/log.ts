/** Where the library says what it does: the shape of pino's loggers. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The default: warnings and errors go to the console, the rest nowhere. */
export const consoleLog: Log = {
  debug: () => {},
  info: () => {},
  // oxlint-disable-next-line no-console -- a library without a logger has no other voice
  warn: (fields, message) => console.warn(`signalbox: ${message}`, fields),
  // oxlint-disable-next-line no-console -- as above
  error: (fields, message) => console.error(`signalbox: ${message}`, fields),
}
