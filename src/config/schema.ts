import { limits } from '../kernel/limits.ts'
import { channelSchema } from './channel-schema.ts'
import { logLevels, roles } from './configuration.ts'

const name = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$', maxLength: 200 }

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
            '`sqlite:PATH` (relative to the file that says so, else to the working folder), `postgres://…` (for one or several replicas) or `memory:` (lost at exit).',
        },
        synchronous: {
          enum: ['full', 'normal'],
          default: 'full',
          description:
            'SQLite only. `full`: an answered write survives a power cut. `normal`: it survives a crash of the process, and is faster.',
        },
        poolConnections: {
          type: 'integer',
          minimum: 2,
          maximum: 200,
          default: 8,
          description:
            'PostgreSQL only. Connections for reads that one replica holds at most; six more are for commits and notices.',
        },
      },
      additionalProperties: false,
    },
    channels: {
      type: 'object',
      description:
        'Channels by name. A channel that is only named in a flow is a `queue` channel and needs no entry.',
      propertyNames: name,
      additionalProperties: channelSchema,
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
        drainMs: {
          type: 'integer',
          minimum: 0,
          maximum: 600_000,
          default: 0,
          description:
            'How long it is unready and serves all the same before a graceful stop begins: until load balancers have seen it.',
        },
      },
      additionalProperties: false,
    },
    replica: {
      type: 'object',
      description: 'With PostgreSQL: this process as one of several.',
      properties: {
        name: {
          type: 'string',
          maxLength: 200,
          default: '',
          description: 'What people call it. Empty: host name and process id.',
        },
        leaseMs: {
          type: 'integer',
          minimum: 500,
          maximum: 600_000,
          default: 10_000,
          description:
            'How long it is believed to be alive after it was last heard of; then others take its work over.',
        },
      },
      additionalProperties: false,
    },
    retention: {
      type: 'object',
      description: 'How long finished executions are kept.',
      properties: {
        finishedAfterDays: {
          type: 'number',
          minimum: 0,
          maximum: 36_500,
          default: 0,
          description:
            'Finished executions are deleted so many days after their end; 0: they are kept for ever.',
        },
        archive: {
          type: 'string',
          default: '',
          description:
            'Folder that they are written to before, a file per day and replica. Empty: they are deleted without a copy.',
        },
      },
      additionalProperties: false,
    },
    health: {
      type: 'object',
      description: 'What `/health/ready` stands for.',
      properties: {
        requiredChannels: {
          type: 'array',
          items: name,
          uniqueItems: true,
          default: [],
          description:
            'Channels whose trouble makes the server unready. With trouble on others it is ready but degraded.',
        },
      },
      additionalProperties: false,
    },
    telemetry: {
      type: 'object',
      description: 'Traces for OpenTelemetry: an execution is a trace.',
      properties: {
        tracesUrl: {
          type: 'string',
          format: 'optional-http-url',
          default: '',
          description:
            'Where traces are sent to (OTLP over HTTP, usually `http://HOST:4318/v1/traces`). Empty: the standard variables OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OTEL_EXPORTER_OTLP_ENDPOINT decide; without them nothing is sent.',
        },
        sampleRatio: {
          type: 'number',
          minimum: 0,
          maximum: 1,
          default: 1,
          description: 'The part of executions whose traces are sent.',
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
