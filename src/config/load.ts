import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Configuration,
  type EffectiveSetting,
  type LogLevel,
  logLevels,
  type StoreConfiguration,
} from './configuration.ts'
import type { Environment } from './environment.ts'
import { fileLayer } from './file-layer.ts'
import { defaultLayer, type Layer, type LayerValue } from './layer.ts'
import { misspeltVariables } from './misspelt-variables.ts'
import { flagLayer, type Flags, variableLayer } from './text-layer.ts'
import { configurationInvalid, type Problem } from './problem.ts'
import { type Setting, settings } from './settings.ts'
import { maskSecrets } from './mask.ts'
import { parseStoreUrl } from './store-url.ts'
import { asList, asMap, readChannels, readTokens } from './values.ts'

export interface LoadOptions {
  readonly env: Environment
  readonly flags?: Flags
  readonly cwd: string
}

/**
 * Reads file, variables and flags: flags override variables, variables override the file, the file
 * overrides defaults. Throws CONFIG_NOT_FOUND, and CONFIG_INVALID with every problem at once.
 */
export function loadConfiguration(options: LoadOptions): Configuration {
  const { env, cwd, flags = {} } = options
  const file = findFile(options)
  const layers: readonly Layer[] = [
    flagLayer(flags, env, cwd),
    variableLayer(env, cwd),
    ...(file === undefined ? [] : [fileLayer(file, env, cwd)]),
    defaultLayer(cwd),
  ]
  const problems = [...layers.flatMap((layer) => layer.problems), ...unsupported(env)]
  if (problems.length > 0) throw configurationInvalid(problems)
  return configurationOf(layers, file, misspeltVariables(env))
}

/** The file that is asked for, else `signalbox.yaml` in the working folder if it is there. */
function findFile({ env, flags, cwd }: LoadOptions): string | undefined {
  const asked = flags?.['--config'] ?? env['SIGNALBOX_CONFIG']
  if (typeof asked === 'string' && asked !== '') return resolve(cwd, asked)
  return ['signalbox.yaml', 'signalbox.yml']
    .map((name) => resolve(cwd, name))
    .find((path) => existsSync(path))
}

function unsupported(env: Environment): readonly Problem[] {
  const name = 'SIGNALBOX_KAFKA_BROKERS'
  if ((env[name] ?? '') === '') return []
  const message = 'expected it not to be set, found brokers; Kafka is not part of this version'
  return [{ origin: { kind: 'variable', name }, key: 'channels', message }]
}

function configurationOf(
  layers: readonly Layer[],
  file: string | undefined,
  warnings: readonly string[],
): Configuration {
  const effective = new Map<Setting, LayerValue>()
  for (const setting of settings) {
    const value = layers
      .map((layer) => layer.values.get(setting))
      .find((found) => found !== undefined)
    if (value !== undefined) effective.set(setting, value)
  }
  const at = (key: string): LayerValue => {
    for (const [setting, value] of effective) if (setting.path.join('.') === key) return value
    throw new Error(`no setting ${key}`)
  }
  const flows = at('flows')
  return {
    http: {
      host: String(at('http.host').value),
      port: Number(at('http.port').value),
      allowedHosts: asList(at('http.allowedHosts').value).map(String),
    },
    store: readStore(at('store.url'), at('store.synchronous')),
    channels: readChannels(at('channels').value),
    services: asMap(at('services').value),
    env: asMap(at('env').value),
    auth: { tokens: readTokens(at('auth.tokens').value) },
    limits: {
      inboundMessages: Number(at('limits.inboundMessages').value),
      stopMs: Number(at('limits.stopMs').value),
    },
    flows: asList(flows.value).map((path) => resolve(flows.folder, String(path))),
    log: { level: readLevel(at('log.level').value), pretty: readPretty(at('log.pretty').value) },
    ...(file === undefined ? {} : { file }),
    settings: [...effective].map(([setting, { value, origin, secretPaths }]): EffectiveSetting => ({
      key: setting.path.join('.'),
      shown: maskSecrets(setting, value, secretPaths),
      origin,
    })),
    warnings,
  }
}

function readStore(url: LayerValue, synchronous: LayerValue): StoreConfiguration {
  const parsed = parseStoreUrl(String(url.value))
  if (parsed?.kind !== 'sqlite') return { kind: 'memory' }
  return {
    kind: 'sqlite',
    path: resolve(url.folder, parsed.path),
    synchronous: synchronous.value === 'normal' ? 'normal' : 'full',
  }
}

function readLevel(value: unknown): LogLevel {
  return logLevels.find((level) => level === value) ?? 'info'
}

function readPretty(value: unknown): 'auto' | boolean {
  return typeof value === 'boolean' ? value : 'auto'
}
