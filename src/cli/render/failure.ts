import { SignalboxError } from '../../errors/signalbox-error.ts'
import { escapeControlsInLines } from './escape.ts'
import type { Paint } from './paint.ts'

/** An error as people read it: code, title, what was expected and found, and where to read more. */
export function renderFailure(error: unknown, paint: Paint): string {
  if (!(error instanceof SignalboxError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `${paint(['red', 'bold'], 'INTERNAL')} Signalbox made a mistake\n${escapeControlsInLines(text)}`
  }
  return [
    `${paint(['red', 'bold'], error.code)} ${paint('bold', error.title)}`,
    escapeControlsInLines(error.detail),
    ...faultLines(error.details['errors']),
    paint('dim', `More: docs/errors/${error.code}.md`),
  ].join('\n')
}

/** The same for programs. */
export function failureJson(error: unknown): object {
  return error instanceof SignalboxError
    ? { error: { code: error.code, title: error.title, detail: error.detail } }
    : {
        error: { code: 'INTERNAL', detail: error instanceof Error ? error.message : String(error) },
      }
}

function faultLines(faults: unknown): readonly string[] {
  if (!Array.isArray(faults)) return []
  return faults.flatMap((fault: unknown) => {
    if (typeof fault !== 'object' || fault === null || !('message' in fault)) return []
    const path = 'path' in fault ? `${String(fault.path)}: ` : ''
    return [`  ${escapeControlsInLines(path + String(fault.message))}`]
  })
}
