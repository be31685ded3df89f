import type { KafkaChannelOptions } from '../channel/kafka/options.ts'

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | {
      readonly kind: 'file'
      readonly file: string
      readonly line: number
      readonly column: number
    }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string }

/** Where things are kept. */
export type StoreConfiguration =
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'sqlite'
      /** Absolute. */
      readonly path: string
      readonly synchronous: 'full' | 'normal'
    }
  | {
      readonly kind: 'postgres'
      readonly url: string
      readonly poolConnections: number
    }

/** A channel that the configuration names; one that only a flow names is a `queue`. */
export type ChannelConfiguration =
  | { readonly name: string; readonly type: 'queue' }
  | {
      readonly name: string
      readonly type: 'http'
      /** Where commands are posted to. */
      readonly url: string
      readonly headers: Readonly<Record<string, string>>
      readonly timeoutMs: number
    }
  | ({ readonly type: 'kafka' } & Omit<KafkaChannelOptions, 'schedule'>)

export const roles = ['viewer', 'operator', 'designer', 'admin', 'worker'] as const
export type Role = (typeof roles)[number]

/** A static API token, known by its hash only. */
export interface TokenConfiguration {
  readonly name: string
  /** SHA-256 of the token, in hex. */
  readonly sha256: string
  readonly roles: readonly Role[]
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** One setting as it is in force, for `signalbox config`. */
export interface EffectiveSetting {
  /** Dotted: `http.port`. */
  readonly key: string
  /** Secrets are masked already. */
  readonly shown: unknown
  readonly origin: Origin
}

/** Everything that a Signalbox server is told from outside. */
export interface Configuration {
  readonly http: {
    readonly host: string
    readonly port: number
    /** Names besides localhost that requests without tokens may be addressed to. */
    readonly allowedHosts: readonly string[]
  }
  readonly store: StoreConfiguration
  readonly channels: readonly ChannelConfiguration[]
  /** Base URLs by name, `services` in expressions. */
  readonly services: Readonly<Record<string, string>>
  /** `env` in expressions: only what is listed here. */
  readonly env: Readonly<Record<string, string>>
  readonly auth: { readonly tokens: readonly TokenConfiguration[] }
  readonly limits: {
    readonly inboundMessages: number
    readonly stopMs: number
    /** Unready but serving, before a stop begins. */
    readonly drainMs: number
  }
  readonly replica: { readonly name: string; readonly leaseMs: number }
  readonly retention: {
    /** Absent: finished executions are kept for ever. */
    readonly finishedAfterMs?: number
    /** Absolute; absent: they are deleted without a copy. */
    readonly archive?: string
  }
  /** Channels whose trouble makes the server unready. */
  readonly health: { readonly requiredChannels: readonly string[] }
  readonly telemetry: {
    /** Absent: nothing is sent. */
    readonly tracesUrl?: string
    readonly sampleRatio: number
  }
  /** Absolute folders (or files) of flows to publish at start. */
  readonly flows: readonly string[]
  readonly log: { readonly level: LogLevel; readonly pretty: 'auto' | boolean }
  /** The file that was read, if there was one. */
  readonly file?: string
  readonly settings: readonly EffectiveSetting[]
  /** Things that are allowed but look like a mistake. */
  readonly warnings: readonly string[]
}
