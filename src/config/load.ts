import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
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
import { defaultBrokers, findWithoutBrokers } from './default-brokers.ts'
import { readChannels } from './read-channels.ts'
import { readTelemetry } from './read-telemetry.ts'
import { asList, asMap, readTokens } from './values.ts'

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
  const brokers = defaultBrokers(env)
  const problems = [...layers.flatMap((layer) => layer.problems), ...brokers.problems]
  if (problems.length > 0) throw configurationInvalid(problems)
  const effective = effectiveValues(layers)
  const unanswered = findUnanswered(effective, brokers.value)
  if (unanswered.length > 0) throw configurationInvalid(unanswered)
  return configurationOf(effective, { file, env, brokers: brokers.value })
}

/** The file that is asked for, else `signalbox.yaml` in the working folder if it is there. */
function findFile({ env, flags, cwd }: LoadOptions): string | undefined {
  const asked = flags?.['--config'] ?? env['SIGNALBOX_CONFIG']
  if (typeof asked === 'string' && asked !== '') return resolve(cwd, asked)
  return ['signalbox.yaml', 'signalbox.yml']
    .map((name) => resolve(cwd, name))
    .find((path) => existsSync(path))
}

type Effective = ReadonlyMap<Setting, LayerValue>

function effectiveValues(layers: readonly Layer[]): Effective {
  const effective = new Map<Setting, LayerValue>()
  for (const setting of settings) {
    const value = layers
      .map((layer) => layer.values.get(setting))
      .find((found) => found !== undefined)
    if (value !== undefined) effective.set(setting, value)
  }
  return effective
}

function valueOf(effective: Effective, key: string): LayerValue {
  for (const [setting, value] of effective) if (setting.path.join('.') === key) return value
  throw new Error(`no setting ${key}`)
}

/** What only the whole can tell: it fits the schema and is not enough all the same. */
function findUnanswered(effective: Effective, brokers: readonly string[]): readonly Problem[] {
  const { value, origin } = valueOf(effective, 'channels')
  return findWithoutBrokers(value, brokers).map((name) => ({
    origin,
    key: `channels.${name}.brokers`,
    message: 'expected brokers here or in SIGNALBOX_KAFKA_BROKERS, found none',
  }))
}

function configurationOf(
  effective: Effective,
  surroundings: {
    readonly file: string | undefined
    readonly env: Environment
    readonly brokers: readonly string[]
  },
): Configuration {
  const { file, env, brokers } = surroundings
  const at = (key: string): LayerValue => valueOf(effective, key)
  const flows = at('flows')
  return {
    http: {
      host: String(at('http.host').value),
      port: Number(at('http.port').value),
      allowedHosts: asList(at('http.allowedHosts').value).map(String),
    },
    store: readStore(at('store.url'), at('store.synchronous'), at('store.poolConnections')),
    channels: readChannels(at('channels').value, brokers),
    services: asMap(at('services').value),
    env: asMap(at('env').value),
    auth: { tokens: readTokens(at('auth.tokens').value) },
    limits: {
      inboundMessages: Number(at('limits.inboundMessages').value),
      stopMs: Number(at('limits.stopMs').value),
      drainMs: Number(at('limits.drainMs').value),
    },
    replica: {
      name: String(at('replica.name').value) || `${hostname()}:${process.pid}`,
      leaseMs: Number(at('replica.leaseMs').value),
    },
    retention: readRetention(at('retention.finishedAfterDays'), at('retention.archive')),
    health: { requiredChannels: asList(at('health.requiredChannels').value).map(String) },
    telemetry: readTelemetry(
      { url: at('telemetry.tracesUrl').value, sampleRatio: at('telemetry.sampleRatio').value },
      env,
    ),
    flows: asList(flows.value).map((path) => resolve(flows.folder, String(path))),
    log: { level: readLevel(at('log.level').value), pretty: readPretty(at('log.pretty').value) },
    ...(file === undefined ? {} : { file }),
    settings: [...effective].map(([setting, { value, origin, secretPaths }]): EffectiveSetting => ({
      key: setting.path.join('.'),
      shown: maskSecrets(setting, value, secretPaths),
      origin,
    })),
    warnings: misspeltVariables(env),
  }
}

function readStore(
  url: LayerValue,
  synchronous: LayerValue,
  poolConnections: LayerValue,
): StoreConfiguration {
  const parsed = parseStoreUrl(String(url.value))
  if (parsed?.kind === 'postgres') {
    return { kind: 'postgres', url: parsed.url, poolConnections: Number(poolConnections.value) }
  }
  if (parsed?.kind !== 'sqlite') return { kind: 'memory' }
  return {
    kind: 'sqlite',
    path: resolve(url.folder, parsed.path),
    synchronous: synchronous.value === 'normal' ? 'normal' : 'full',
  }
}

function readRetention(days: LayerValue, archive: LayerValue): Configuration['retention'] {
  const finishedAfterMs = Number(days.value) * 24 * 3_600_000
  return {
    ...(finishedAfterMs === 0 ? {} : { finishedAfterMs }),
    ...(archive.value === '' ? {} : { archive: resolve(archive.folder, String(archive.value)) }),
  }
}

function readLevel(value: unknown): LogLevel {
  return logLevels.find((level) => level === value) ?? 'info'
}

function readPretty(value: unknown): 'auto' | boolean {
  return typeof value === 'boolean' ? value : 'auto'
}
