import { delimiter } from 'node:path'
import type { Origin } from './configuration.ts'
import type { Environment } from './environment.ts'
import type { Layer, LayerValue } from './layer.ts'
import { formatKey, maskedMessage, wrap } from './paths.ts'
import type { Problem } from './problem.ts'
import { resolveReferences } from './references.ts'
import { type Setting, settings } from './settings.ts'
import { findMisfits } from './validate.ts'

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
    case 'number':
      return { ok: true, value: /^-?\d+(\.\d+)?$/.test(single) ? Number(single) : single }
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
