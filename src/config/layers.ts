import { delimiter, dirname } from 'node:path'
import { closestName } from './closest-name.ts'
import type { Origin } from './configuration.ts'
import type { Environment } from './environment.ts'
import type { Problem } from './problem.ts'
import { readConfigurationFile } from './read-file.ts'
import { resolveReferences } from './references.ts'
import { otherVariables, type Setting, schemaOf, settings } from './settings.ts'
import { findMisfits } from './validate.ts'

type Path = readonly (string | number)[]

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

/** The settings that variables make. An empty variable counts as not set. */
export function variableLayer(env: Environment, cwd: string): Layer {
  return textLayer(cwd, env, (setting) => {
    const text = env[setting.variable]
    return text === undefined || text === ''
      ? undefined
      : { text, origin: { kind: 'variable', name: setting.variable } }
  })
}

/** Flags by their names (`--port`), as the command line gave them. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>

/** The settings that flags make. */
export function flagLayer(flags: Flags, env: Environment, cwd: string): Layer {
  return textLayer(cwd, env, (setting) => {
    const text = setting.flag === undefined ? undefined : flags[setting.flag]
    return text === undefined || setting.flag === undefined
      ? undefined
      : { text, origin: { kind: 'flag', name: setting.flag } }
  })
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

/** Variables that nobody reads but whose names are close to one that is read. */
export function misspeltVariables(env: Environment): readonly string[] {
  const known = [...settings.map(({ variable }) => variable), ...otherVariables]
  return Object.keys(env)
    .filter((name) => name.startsWith('SIGNALBOX_') && !known.includes(name))
    .flatMap((name) => {
      const closest = closestName(name, known)
      return closest === undefined
        ? []
        : [`The variable ${name} is not read. Did you mean ${closest}?`]
    })
}

function textLayer(
  cwd: string,
  env: Environment,
  read: (
    setting: Setting,
  ) => { readonly text: string | readonly string[]; readonly origin: Origin } | undefined,
): Layer {
  const values = new Map<Setting, LayerValue>()
  const problems: Problem[] = []
  for (const setting of settings) {
    const given = read(setting)
    if (given === undefined) continue
    const { origin } = given
    const key = setting.path.join('.')
    const raw = readText(setting, given.text)
    if (!raw.ok) {
      problems.push({ origin, key, message: raw.message })
      continue
    }
    const { value, referencePaths, failures } = resolveReferences(raw.value, env, cwd)
    const misfits = failures.length > 0 ? failures : findMisfits(wrap(setting.path, value))
    for (const { path, message } of misfits) {
      const shown = failures.length > 0 ? [...setting.path, ...path] : path
      const secretPaths = referencePaths.map((path) => [...setting.path, ...path])
      const hinted = portHint(message, setting, given.text)
      const root = wrap(setting.path, value)
      problems.push({
        origin,
        key: formatKey(shown),
        message: failures.length > 0 ? hinted : maskedMessage(hinted, shown, secretPaths, root),
      })
    }
    values.set(setting, { value, origin, secretPaths: referencePaths, folder: cwd })
  }
  return { values, problems }
}

type TextValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }

function readText(setting: Setting, text: string | readonly string[]): TextValue {
  if (setting.form === 'path-list' || setting.form === 'list') {
    const separator = setting.form === 'list' ? ',' : delimiter
    const list = typeof text === 'string' ? text.split(separator) : text
    return { ok: true, value: list.filter((entry) => entry !== '') }
  }
  const single = typeof text === 'string' ? text : (text.at(-1) ?? '')
  switch (setting.form) {
    case 'text':
      return { ok: true, value: single }
    case 'integer':
      return { ok: true, value: /^-?\d+$/.test(single) ? Number(single) : single }
    case 'flexible-boolean':
      return { ok: true, value: single === 'true' ? true : single === 'false' ? false : single }
    case 'json':
      return readJson(single)
  }
}

function readJson(text: string): TextValue {
  if (/^(file:|env:)/.test(text)) return { ok: true, value: text }
  try {
    const value: unknown = JSON.parse(text)
    return { ok: true, value }
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    return { ok: false, message: `expected JSON, found: ${found}` }
  }
}

/** Kubernetes sets NAME_PORT=tcp://… for every service; a service named signalbox hits ours. */
function portHint(message: string, setting: Setting, text: string | readonly string[]): string {
  return setting.variable === 'SIGNALBOX_PORT' && typeof text === 'string' && /^\w+:\/\//.test(text)
    ? `${message}. Kubernetes sets this variable for a service named "signalbox"; set enableServiceLinks: false on the pod`
    : message
}

/** A problem with a secret must not print the secret. */
function maskedMessage(
  message: string,
  path: Path,
  secretPaths: readonly Path[],
  root: unknown,
): string {
  const secret = secretPaths.some((secretPath) => secretPath.join('.') === path.join('.'))
  const value = valueAt(root, path)
  if (!secret || value === undefined) return message
  return message.replace(/found .*$/s, 'found something else (not shown: it came from a reference)')
}

function wrap(path: readonly string[], value: unknown): unknown {
  return path.toReversed().reduce((inner, key) => ({ [key]: inner }), value)
}

/** The value at a path, or nothing. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([key]) => key === String(step))?.[1]
  }
  return value
}

/** `auth.tokens[0].roles`. */
function formatKey(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('')
}

function byPlace(one: Problem, other: Problem): number {
  if (one.origin.kind !== 'file' || other.origin.kind !== 'file') return 0
  return one.origin.line - other.origin.line || one.origin.column - other.origin.column
}
