import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Origin } from './configuration.ts'

/** One thing that is wrong with the configuration. */
export interface Problem {
  readonly origin: Origin
  /** The setting, dotted; empty where the text itself cannot be read. */
  readonly key: string
  /** What was expected, then what was found. */
  readonly message: string
}

/** All problems in one error, each with its place. */
export function configurationInvalid(problems: readonly Problem[]): SignalboxError {
  const lines = problems.map(problemLine)
  const detail =
    lines.length === 1 ? (lines[0] ?? '') : `${lines.length} problems\n  ${lines.join('\n  ')}`
  return new SignalboxError('CONFIG_INVALID', detail, {
    details: { problems: problems.map((problem) => ({ ...problem })) },
  })
}

function problemLine({ origin, key, message }: Problem): string {
  const place = describeOrigin(origin)
  return key === '' ? `${place}: ${message}` : `${place}: ${key}: ${message}`
}

/** Where a value came from, as people read it. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default'
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`
    case 'variable':
      return origin.name
    case 'flag':
      return origin.name
  }
}
