import { limits } from '../kernel/limits.ts'
import { logLevels, roles } from './configuration.ts'

const name = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$', maxLength: 200 }

const channel = {
  type: 'object',
  description: 'One channel: commands go out on it, events come in.',
  required: ['type'],
  properties: { type: { enum: ['queue', 'http'] } },
  discriminator: { propertyName: 'type' },
  oneOf: [
    {
      description: 'Workers pull commands from Signalbox itself.',
      properties: { type: { const: 'queue' } },
      additionalProperties: false,
    },
    {
      description: 'Commands are posted to a URL; events come in by the API.',
      required: ['commands'],
      properties: {
        type: { const: 'http' },
        commands: {
          type: 'string',
          format: 'http-url',
          description: 'Where commands are posted to.',
        },
        headers: {
          type: 'object',
          description: 'Headers of every request. Values are masked wherever they are shown.',
          additionalProperties: { type: 'string' },
        },
        timeoutMs: {
          type: 'integer',
          minimum: 1,
          maximum: 3_600_000,
          default: 10_000,
          description: 'How long one attempt may take.',
        },
      },
      additionalProperties: false,
    },
  ],
}

const token = {
  type: 'object',
  description: 'One token. `signalbox token NAME` makes one and prints this entry.',
  required: ['name', 'sha256', 'roles'],
  properties: {
    name: { ...name, description: 'Who it belongs to; the actor recorded in journals.' },
    sha256: {
      type: 'string',
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 of the token in hex; the token itself is stored nowhere.',
    },
    roles: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: roles },
      description: 'What it may do.',
    },
  },
  additionalProperties: false,
}

/**
 * The JSON Schema of `signalbox.yaml`: the one truth for validation, defaults, the published file
 * `schema/signalbox.schema.json` and the reference page. Tests hold them together.
 */
export const configurationSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Signalbox configuration',
  description:
    'signalbox.yaml. Environment variables override it, command-line flags override both. Any string may be a reference: `file:/run/secrets/x` (the content of a file) or `env:NAME` (a variable).',
  type: 'object',
  properties: {
    http: {
      type: 'object',
      description: 'The address of API, live events, health and metrics.',
      properties: {
        host: {
          type: 'string',
          minLength: 1,
          default: '127.0.0.1',
          description:
            'Address to listen on. Anything but a loopback address needs at least one token in `auth.tokens`.',
        },
        port: {
          type: 'integer',
          minimum: 0,
          maximum: 65_535,
          default: 7_700,
          description: 'Port to listen on; 0 takes a free one.',
        },
        allowedHosts: {
          type: 'array',
          items: { type: 'string', minLength: 1 },
          default: [],
          description:
            'Without tokens: names besides localhost that requests may be addressed to. Others are refused, so that no web page can reach the API through a name of its own.',
        },
      },
      additionalProperties: false,
    },
    store: {
      type: 'object',
      description: 'Where flows, executions and journals are kept.',
      properties: {
        url: {
          type: 'string',
          format: 'store-url',
          default: 'sqlite:.signalbox/signalbox.db',
          description:
            '`sqlite:PATH` (relative to the file that says so, else to the working folder) or `memory:` (lost at exit).',
        },
        synchronous: {
          enum: ['full', 'normal'],
          default: 'full',
          description:
            'SQLite only. `full`: an answered write survives a power cut. `normal`: it survives a crash of the process, and is faster.',
        },
      },
      additionalProperties: false,
    },
    channels: {
      type: 'object',
      description:
        'Channels by name. A channel that is only named in a flow is a `queue` channel and needs no entry.',
      propertyNames: name,
      additionalProperties: channel,
      default: {},
    },
    services: {
      type: 'object',
      description: 'Base URLs by name: `services.NAME` in expressions.',
      propertyNames: name,
      additionalProperties: { type: 'string', format: 'http-url' },
      default: {},
    },
    env: {
      type: 'object',
      description:
        'What expressions see as `env.NAME`. Nothing of the real environment is visible unless listed here, as `NAME: env:NAME`.',
      propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: { type: 'string' },
      default: {},
    },
    auth: {
      type: 'object',
      description:
        'Who may do what. Without tokens everyone who reaches the port may do everything.',
      properties: {
        tokens: { type: 'array', description: 'Static API tokens.', items: token, default: [] },
      },
      additionalProperties: false,
    },
    limits: {
      type: 'object',
      description: 'Bounds that depend on the machine.',
      properties: {
        inboundMessages: {
          type: 'integer',
          minimum: 1,
          maximum: 1_000_000,
          default: limits.inboundMessages,
          description: 'Messages waiting in the engine before callers are answered BUSY.',
        },
        stopMs: {
          type: 'integer',
          minimum: 0,
          maximum: 600_000,
          default: 10_000,
          description: 'How long a graceful stop may take before it is cut short.',
        },
      },
      additionalProperties: false,
    },
    flows: {
      type: 'array',
      description:
        'Folders (with their subfolders) or files of flows to publish at start: `*.flow.yaml`, `*.flow.yml`, `*.flow.json`.',
      items: { type: 'string', minLength: 1 },
      default: [],
    },
    log: {
      type: 'object',
      description: 'The log on stderr.',
      properties: {
        level: {
          enum: logLevels,
          default: 'info',
          description: 'Least severe level that is written.',
        },
        pretty: {
          enum: ['auto', true, false],
          default: 'auto',
          description: 'Lines for people instead of JSON; `auto`: on a terminal.',
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const
