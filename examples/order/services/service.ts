import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createWorker, type JsonObject, type Log, type Worker } from '@signalbox/client'
import { createKafkaWorker, type KafkaHandler, type KafkaWorker } from '@signalbox/client/kafka'
import { type Ledger, openLedger } from './ledger.ts'

/** What a service is built from: a worker to handle commands with, a ledger to remember them by. */
export interface Service {
  readonly worker: CommandHandlers
  readonly ledger: Ledger
}

/** What the workers of all channels have in common; the services do not know which one it is. */
export interface CommandHandlers {
  handle<Data = JsonObject>(command: string, handler: KafkaHandler<Data>): CommandHandlers
}

const flags = {
  url: { type: 'string' },
  'lease-ms': { type: 'string', default: '10000' },
  ledgers: { type: 'string', default: join('.signalbox', 'ledgers') },
  kafka: { type: 'string' },
  commands: { type: 'string', default: 'order-commands' },
  events: { type: 'string', default: 'order-events' },
  'group-prefix': { type: 'string', default: 'order-' },
} as const

/**
 * Runs a service of the shop as a process: `node payment.ts [--url URL] [--ledgers FOLDER]`, or with
 * `--kafka HOST:PORT` over Kafka. A short lease: when a service is killed, its commands come again
 * after it.
 *
 * @param register says which commands the service carries out
 */
export function runService(name: string, register: (service: Service) => void): void {
  const { values } = parseArgs({ options: flags })
  const ledger = openLedger(join(values.ledgers, `${name}.jsonl`))
  const worker = workerOf(name, values)
  register({ worker, ledger })
  worker.start()
  console.log(`${name}: ready, with ${ledger.entries.length} entries in its ledger`)

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    await worker.stop({ graceMs: 2_000 })
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Started by another process: do not outlive it.
  process.once('disconnect', stop)
}

type Flags = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values']

/** Over Kafka each service is a consumer group: all see every command and take their own. */
function workerOf(name: string, values: Flags): Worker | KafkaWorker {
  const own = { name: `${name}-${process.pid}`, log: logTo(name) }
  const aliveMs = Number(values['lease-ms'])
  if (values.kafka === undefined) {
    const url = values.url === undefined ? {} : { url: values.url }
    return createWorker({ channel: 'shop', leaseMs: aliveMs, ...own, ...url })
  }
  return createKafkaWorker({
    brokers: values.kafka,
    commands: values.commands,
    events: values.events,
    group: `${values['group-prefix']}${name}`,
    sessionTimeoutMs: Math.max(aliveMs, leastSessionMs),
    ...own,
  })
}

/** Brokers take no less, unless they are told to. */
const leastSessionMs = 6_000

function logTo(name: string): Log {
  const say =
    (level: string) =>
    (fields: object, message: string): void => {
      const error = 'error' in fields && fields.error instanceof Error ? fields.error.message : ''
      console.error(`${name}: ${level}: ${message}${error === '' ? '' : ` (${error})`}`)
    }
  return { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') }
}
