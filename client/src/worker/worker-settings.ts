import type { WorkerOptions } from './worker-options.ts'

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

/** Throws a `TypeError` unless the value is a whole number in the range. */
export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new TypeError(`expected ${name} to be a whole number from ${min} to ${max}, found ${value}`)
}
