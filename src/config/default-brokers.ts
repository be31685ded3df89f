import { parseBrokers } from './brokers.ts'
import type { Environment } from './environment.ts'
import type { Problem } from './problem.ts'
import { asObject } from './values.ts'

const variable = 'SIGNALBOX_KAFKA_BROKERS'

/** The brokers of channels that name none. */
export function defaultBrokers(env: Environment): {
  readonly value: readonly string[]
  readonly problems: readonly Problem[]
} {
  const text = env[variable] ?? ''
  if (text === '') return { value: [], problems: [] }
  const value = parseBrokers(text)
  if (value !== undefined) return { value, problems: [] }
  const message = `expected host:port, or several separated by commas, found ${JSON.stringify(text)}`
  const origin = { kind: 'variable', name: variable } as const
  return { value: [], problems: [{ origin, key: 'channels', message }] }
}

/** Kafka channels for which nobody has named a broker. */
export function findWithoutBrokers(
  channels: unknown,
  brokers: readonly string[],
): readonly string[] {
  if (brokers.length > 0) return []
  return Object.entries(asObject(channels))
    .filter(([, entry]) => {
      const { type, brokers: own } = asObject(entry)
      return type === 'kafka' && own === undefined
    })
    .map(([name]) => name)
}
