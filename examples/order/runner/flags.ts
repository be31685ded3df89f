import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ServiceName, serviceNames } from './service-names.ts'

export interface Flags {
  readonly help: boolean
  readonly ordersPerSecond: number
  /** Ends after this many orders have ended. */
  readonly orders: number
  readonly seed: number
  /** Services that are not started. */
  readonly without: readonly ServiceName[]
  /** Where the services keep their ledgers: beside the store, because both tell one story. */
  readonly ledgerFolder: string
  /** Over Kafka: the brokers, none if one is to be started. Absent: over Signalbox's own queue. */
  readonly kafkaBrokers?: readonly string[]
  /** What is not ours goes to `signalbox start`. */
  readonly serverFlags: readonly string[]
}

export const usage = `Usage: npm start -- [flags]

Runs Signalbox and the order example: three services, and orders that keep coming.

  --orders-per-second <n>   how many orders are placed (default 3)
  --orders <n>              end when so many orders have ended (default: never)
  --seed <n>                other orders (default 1)
  --without <service>       do not start inventory, payment or shipment; may be given several times
  --ledgers <folder>        where the services keep their ledgers (default: beside the store)
  --kafka [<host:port>]     commands and events go over Apache Kafka: the brokers that are named here
                            or in KAFKA_BROKERS, else one that is started with Docker, or Java and Maven
  --help                    this text

All other flags go to the server: --port, --host, --store, --config, --log-level …
`

const own = new Set(['orders-per-second', 'orders', 'seed', 'without', 'ledgers'])

/** Reads the flags. Throws an `Error` that says what was expected. */
export function readFlags(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Flags {
  const given = new Map<string, string[]>()
  const serverFlags: string[] = []
  let help = false
  let kafkaBrokers: readonly string[] | undefined
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    if (arg === '--help' || arg === '-h') help = true
    const [name = '', inline] = arg.startsWith('--') ? splitFlag(arg.slice(2)) : []
    if (name === 'kafka') {
      const next = args[index + 1]
      const value = inline ?? (next !== undefined && brokersPattern.test(next) ? next : undefined)
      if (inline === undefined && value !== undefined) index += 1
      kafkaBrokers = brokersOf(value ?? env['KAFKA_BROKERS'] ?? '')
      continue
    }
    if (!own.has(name)) {
      serverFlags.push(arg)
      continue
    }
    const value = inline ?? args[(index += 1)]
    if (value === undefined) throw new Error(`expected a value after --${name}`)
    given.set(name, [...(given.get(name) ?? []), value])
  }
  if (kafkaBrokers !== undefined && serverFlags.some((flag) => /^--config(=|$)/.test(flag))) {
    throw new Error('expected --kafka or --config, found both: --kafka brings a configuration')
  }
  return {
    help,
    ordersPerSecond: number('orders-per-second', given, 3, 0.01, 1_000),
    orders: number('orders', given, Number.POSITIVE_INFINITY, 1, 1_000_000),
    seed: number('seed', given, 1, 0, 2 ** 32 - 1),
    without: (given.get('without') ?? []).map(serviceName),
    ledgerFolder: given.get('ledgers')?.at(-1) ?? ledgersBeside(storeOf(serverFlags, env)),
    ...(kafkaBrokers === undefined ? {} : { kafkaBrokers }),
    serverFlags,
  }
}

const brokersPattern = /^[^\s,/-][^\s,/]*:\d+(,[^\s,/-][^\s,/]*:\d+)*$/

function brokersOf(text: string): readonly string[] {
  if (text === '') return []
  if (brokersPattern.test(text)) return text.split(',')
  throw new Error(`expected brokers as host:port, several with commas, found ${text}`)
}

function splitFlag(flag: string): readonly [string, string | undefined] {
  const equals = flag.indexOf('=')
  return equals < 0 ? [flag, undefined] : [flag.slice(0, equals), flag.slice(equals + 1)]
}

function number(
  name: string,
  given: ReadonlyMap<string, readonly string[]>,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = given.get(name)?.at(-1)
  if (text === undefined) return fallback
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new Error(`expected --${name} to be a number from ${min} to ${max}, found ${text}`)
}

function serviceName(text: string): ServiceName {
  const name = serviceNames.find((known) => known === text)
  if (name !== undefined) return name
  throw new Error(`expected --without to be one of ${serviceNames.join(', ')}, found ${text}`)
}

function storeOf(
  serverFlags: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const at = serverFlags.findLastIndex((flag) => flag === '--store' || flag.startsWith('--store='))
  const flag = serverFlags[at]
  if (flag === undefined) return env['SIGNALBOX_STORE']
  return splitFlag(flag)[1] ?? serverFlags[at + 1]
}

function ledgersBeside(store: string | undefined): string {
  if (store?.startsWith('memory:') === true) return mkdtempSync(join(tmpdir(), 'signalbox-order-'))
  const path = store?.startsWith('sqlite:') === true ? store.slice('sqlite:'.length) : undefined
  return join(path === undefined ? '.signalbox' : dirname(path), 'ledgers')
}
