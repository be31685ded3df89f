import { configurationSchema } from './schema.ts'

/** How the text of a variable or flag becomes a value. */
export type TextForm = 'text' | 'number' | 'flexible-boolean' | 'list' | 'path-list' | 'json'

/** One setting: where it stands in the file, and the variable and flag that override it. */
export interface Setting {
  readonly path: readonly string[]
  readonly variable: string
  readonly flag?: string
  readonly form: TextForm
}

/** Every setting there is, in the order in which people meet them. */
export const settings: readonly Setting[] = [
  { path: ['http', 'host'], variable: 'SIGNALBOX_HOST', flag: '--host', form: 'text' },
  { path: ['http', 'port'], variable: 'SIGNALBOX_PORT', flag: '--port', form: 'number' },
  { path: ['http', 'allowedHosts'], variable: 'SIGNALBOX_ALLOWED_HOSTS', form: 'list' },
  { path: ['store', 'url'], variable: 'SIGNALBOX_STORE', flag: '--store', form: 'text' },
  { path: ['store', 'synchronous'], variable: 'SIGNALBOX_STORE_SYNCHRONOUS', form: 'text' },
  {
    path: ['store', 'poolConnections'],
    variable: 'SIGNALBOX_STORE_POOL_CONNECTIONS',
    form: 'number',
  },
  { path: ['replica', 'name'], variable: 'SIGNALBOX_REPLICA_NAME', form: 'text' },
  { path: ['replica', 'leaseMs'], variable: 'SIGNALBOX_REPLICA_LEASE_MS', form: 'number' },
  { path: ['channels'], variable: 'SIGNALBOX_CHANNELS', form: 'json' },
  { path: ['services'], variable: 'SIGNALBOX_SERVICES', form: 'json' },
  { path: ['env'], variable: 'SIGNALBOX_ENV', form: 'json' },
  { path: ['auth', 'tokens'], variable: 'SIGNALBOX_AUTH_TOKENS', form: 'json' },
  { path: ['limits', 'inboundMessages'], variable: 'SIGNALBOX_INBOUND_MESSAGES', form: 'number' },
  { path: ['limits', 'stopMs'], variable: 'SIGNALBOX_STOP_MS', form: 'number' },
  { path: ['limits', 'drainMs'], variable: 'SIGNALBOX_DRAIN_MS', form: 'number' },
  {
    path: ['retention', 'finishedAfterDays'],
    variable: 'SIGNALBOX_RETENTION_DAYS',
    form: 'number',
  },
  { path: ['retention', 'archive'], variable: 'SIGNALBOX_RETENTION_ARCHIVE', form: 'text' },
  {
    path: ['health', 'requiredChannels'],
    variable: 'SIGNALBOX_REQUIRED_CHANNELS',
    form: 'list',
  },
  { path: ['telemetry', 'tracesUrl'], variable: 'SIGNALBOX_TRACES_URL', form: 'text' },
  {
    path: ['telemetry', 'sampleRatio'],
    variable: 'SIGNALBOX_TRACES_SAMPLE_RATIO',
    form: 'number',
  },
  { path: ['flows'], variable: 'SIGNALBOX_FLOWS', flag: '--flows', form: 'path-list' },
  { path: ['log', 'level'], variable: 'SIGNALBOX_LOG_LEVEL', flag: '--log-level', form: 'text' },
  {
    path: ['log', 'pretty'],
    variable: 'SIGNALBOX_LOG_PRETTY',
    flag: '--log-pretty',
    form: 'flexible-boolean',
  },
]

/** Variables that are read but are no setting of the server. */
export const otherVariables = [
  'SIGNALBOX_CONFIG',
  'SIGNALBOX_URL',
  'SIGNALBOX_TOKEN',
  'SIGNALBOX_KAFKA_BROKERS',
] as const

export interface SettingSchema {
  readonly default?: unknown
  readonly description: string
  readonly type?: string
  readonly enum?: readonly unknown[]
}

/** The schema of one setting. Every setting has one: a test holds the table and the schema together. */
export function schemaOf(setting: Setting): SettingSchema {
  let schema: unknown = configurationSchema
  for (const key of setting.path) {
    const properties = propertyOf(schema, 'properties')
    schema = propertyOf(properties, key)
  }
  if (!isSettingSchema(schema)) throw new Error(`no schema of ${setting.path.join('.')}`)
  return schema
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
}

function isSettingSchema(value: unknown): value is SettingSchema {
  return typeof propertyOf(value, 'description') === 'string'
}
