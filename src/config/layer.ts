import type { Origin } from './configuration.ts'
import type { Path } from './paths.ts'
import type { Problem } from './problem.ts'
import { type Setting, schemaOf, settings } from './settings.ts'

/** The value of one setting in one layer. */
export interface LayerValue {
  readonly value: unknown
  readonly origin: Origin
  /** Paths within the value that came from references and must not be shown. */
  readonly secretPaths: readonly Path[]
  /** Relative paths in the value start here. */
  readonly folder: string
}

/** One source of settings: the file, the variables, the flags or the defaults. */
export interface Layer {
  readonly values: ReadonlyMap<Setting, LayerValue>
  readonly problems: readonly Problem[]
}

/** The settings as they are when nobody says anything. */
export function defaultLayer(cwd: string): Layer {
  const values = new Map<Setting, LayerValue>(
    settings.map((setting) => [
      setting,
      {
        value: schemaOf(setting).default,
        origin: { kind: 'default' },
        secretPaths: [],
        folder: cwd,
      },
    ]),
  )
  return { values, problems: [] }
}
