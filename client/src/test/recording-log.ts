import type { Log } from '../log.ts'

/** Keeps what was said, for tests that wait for it. */
export interface RecordingLog extends Log {
  readonly messages: readonly string[]
  of(level: keyof Log): readonly LogEntry[]
}

export interface LogEntry {
  readonly level: keyof Log
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

export function recordingLog(): RecordingLog {
  const messages: string[] = []
  const entries: LogEntry[] = []
  const record =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      messages.push(message)
      entries.push({ level, fields: { ...fields }, message })
    }
  return {
    messages,
    of: (level) => entries.filter((entry) => entry.level === level),
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
  }
}
