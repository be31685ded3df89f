import type { ConnectionOptions } from '../connection.ts'
import type { Log } from '../log.ts'

export interface WorkerOptions extends ConnectionOptions {
  /** The channel whose commands this worker carries out. */
  readonly channel: string
  /** Names this process wherever people look. Default: the channel and some random letters. */
  readonly name?: string
  /** How many handlers run at once. Default 100. */
  readonly maxInFlight?: number
  /**
   * After this time without a sign of life the server gives a command to another worker. Running
   * handlers prolong it by themselves, however long they take. Default 30 s.
   */
  readonly leaseMs?: number
  /** How long one request for commands waits on the server. Default 25 s, at most 55 s. */
  readonly waitMs?: number
  /** Default: warnings and errors on the console. */
  readonly log?: Log
}

/** The options with their defaults, checked. */
export interface WorkerSettings {
  readonly channel: string
  readonly name: string
  readonly maxInFlight: number
  readonly leaseMs: number
  readonly waitMs: number
}

/** Throws a `TypeError` that says what was expected and what was found. */
export function workerSettings(options: WorkerOptions): WorkerSettings {
  if (typeof options.channel !== 'string' || options.channel === '') {
    throw new TypeError(`expected the name of a channel, found ${String(options.channel)}`)
  }
  return {
    channel: options.channel,
    name: options.name ?? `${options.channel}-${crypto.randomUUID().slice(0, 8)}`,
    maxInFlight: wholeNumber('maxInFlight', options.maxInFlight ?? 100, 1, 10_000),
    leaseMs: wholeNumber('leaseMs', options.leaseMs ?? 30_000, 10, 3_600_000),
    waitMs: wholeNumber('waitMs', options.waitMs ?? 25_000, 0, 55_000),
  }
}

function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new TypeError(`expected ${name} to be a whole number from ${min} to ${max}, found ${value}`)
}
