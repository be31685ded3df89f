import { parentPort, workerData } from 'node:worker_threads'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Synchronous } from './connection.ts'
import type { FileAnswer, FileCall } from './file-thread-client.ts'
import { openSqliteFile } from './sqlite-file.ts'
import { callFile } from './sqlite-store.ts'

/** The program of the store's thread: opens the file, then answers calls in the order they came. */
const port = parentPort
if (port === null) throw new Error('expected to run as a thread')
const { path, synchronous } = workerData as { path: string; synchronous: Synchronous }

answer(0, () => {
  const file = openSqliteFile(path, synchronous)
  port.on('message', ({ number, method, parameters }: FileCall) => {
    answer(number, () => callFile(file, method, parameters))
    // A closed file has nothing more to say, and an open port would keep the thread.
    if (method === 'close') port.close()
  })
})

function answer(number: number, work: () => unknown): void {
  let message: FileAnswer
  try {
    message = { number, result: work() }
  } catch (error) {
    message = { number, failure: failureOf(error) }
  }
  port?.postMessage(message)
}

/** Errors lose their class on the way between threads, so their parts travel instead. */
function failureOf(error: unknown): NonNullable<FileAnswer['failure']> {
  if (error instanceof SignalboxError) {
    const { code, detail, details } = error
    return { code, detail, details }
  }
  return { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
