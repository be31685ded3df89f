/** A worker as a process of its own, for tests that kill it: `node worker-process.ts OPTIONS`. */
import { event } from '@signalbox/client'
import { createKafkaWorker, type KafkaWorkerOptions } from '@signalbox/client/kafka'

const options = JSON.parse(process.argv[2] ?? '') as KafkaWorkerOptions

createKafkaWorker(options)
  // Never done: what is done after it in the same partition cannot be committed.
  .handle('Hang', () => new Promise<undefined>(() => {}))
  .handle('Check', ({ data }) => event('CheckOK', data))
  .start()
