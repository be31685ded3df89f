import type { Log } from '../log.ts'

/** Keeps what was said, for tests that wait for it. */
export interface RecordingLog extends Log {
  readonly messages: readonly string[]
}

export function recordingLog(): RecordingLog {
  const messages: string[] = []
  const record = (_fields: object, message: string): void => void messages.push(message)
  return { messages, debug: record, info: record, warn: record, error: record }
}
