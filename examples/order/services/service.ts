import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createWorker, type Log, type Worker } from '@signalbox/client'
import { type Ledger, openLedger } from './ledger.ts'

/** What a service is built from: a worker to handle commands with, a ledger to remember them by. */
export interface Service {
  readonly worker: Worker
  readonly ledger: Ledger
}

/**
 * Runs a service of the shop as a process: `node payment.ts [--url URL] [--ledgers FOLDER]`.
 * A short lease: when a service is killed, its commands come again after it.
 *
 * @param register says which commands the service carries out
 */
export function runService(name: string, register: (service: Service) => void): void {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      'lease-ms': { type: 'string', default: '10000' },
      ledgers: { type: 'string', default: join('.signalbox', 'ledgers') },
    },
  })
  const ledger = openLedger(join(values.ledgers, `${name}.jsonl`))
  const worker = createWorker({
    channel: 'shop',
    name: `${name}-${process.pid}`,
    leaseMs: Number(values['lease-ms']),
    log: logTo(name),
    ...(values.url === undefined ? {} : { url: values.url }),
  })
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

function logTo(name: string): Log {
  const say =
    (level: string) =>
    (fields: object, message: string): void => {
      const error = 'error' in fields && fields.error instanceof Error ? fields.error.message : ''
      console.error(`${name}: ${level}: ${message}${error === '' ? '' : ` (${error})`}`)
    }
  return { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') }
}
