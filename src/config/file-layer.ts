import { dirname } from 'node:path'
import type { Environment } from './environment.ts'
import type { Layer, LayerValue } from './layer.ts'
import { formatKey, maskedMessage, valueAt } from './paths.ts'
import type { Problem } from './problem.ts'
import { readConfigurationFile } from './read-file.ts'
import { resolveReferences } from './references.ts'
import { type Setting, settings } from './settings.ts'
import { findMisfits } from './validate.ts'

/** The settings that the file makes; its problems have file, line and column. */
export function fileLayer(path: string, env: Environment, cwd: string): Layer {
  const file = readConfigurationFile(path, cwd)
  if (file.problems.length > 0) return { values: new Map(), problems: file.problems }
  const folder = dirname(path)
  const resolved = resolveReferences(file.value, env, folder)
  const failed = new Set(resolved.failures.map(({ path }) => path.join('.')))
  const problems = [
    ...resolved.failures.map(({ path, message }) => ({ path, part: 'value' as const, message })),
    ...findMisfits(resolved.value)
      .filter(({ path }) => !failed.has(path.join('.')))
      .map(({ path, part, message }) => ({
        path,
        part,
        message: maskedMessage(message, path, resolved.referencePaths, resolved.value),
      })),
  ]
    .map(({ path, part, message }) => ({
      origin: file.locate(path, part),
      key: formatKey(path),
      message,
    }))
    .toSorted(byPlace)

  const values = new Map<Setting, LayerValue>()
  for (const setting of settings) {
    const value = valueAt(resolved.value, setting.path)
    if (value === undefined) continue
    const secretPaths = resolved.referencePaths
      .filter((path) => setting.path.every((step, index) => path[index] === step))
      .map((path) => path.slice(setting.path.length))
    values.set(setting, { value, origin: file.locate(setting.path, 'value'), secretPaths, folder })
  }
  return { values, problems }
}

function byPlace(one: Problem, other: Problem): number {
  if (one.origin.kind !== 'file' || other.origin.kind !== 'file') return 0
  return one.origin.line - other.origin.line || one.origin.column - other.origin.column
}
