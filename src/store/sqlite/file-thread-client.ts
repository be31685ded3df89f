import { Worker } from 'node:worker_threads'
import type { ErrorCode } from '../../errors/catalogue.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Synchronous } from './connection.ts'
import type { SqliteFile } from './sqlite-file.ts'
import type { CallFile, FileMethod } from './sqlite-store.ts'

/** A call on its way to the store's thread; number 0 is the opening itself. */
export interface FileCall {
  readonly number: number
  readonly method: FileMethod
  readonly parameters: Parameters<SqliteFile[FileMethod]>
}

export interface FileAnswer {
  readonly number: number
  readonly result?: unknown
  /** Without a code it is a mistake of ours. */
  readonly failure?: {
    readonly code?: ErrorCode
    readonly detail: string
    readonly details?: Readonly<Record<string, unknown>>
  }
}

interface OpenCall {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Starts the thread, and opens the file in it. Throws what opening throws. */
export async function startFileThread(
  path: string,
  synchronous: Synchronous,
): Promise<{ readonly call: CallFile }> {
  const worker = new Worker(programUrl(), { workerData: { path, synchronous } })
  const openCalls = new Map<number, OpenCall>()
  let lastNumber = 0
  let ended = false

  const failAll = (detail: string): void => {
    ended = true
    for (const { reject } of openCalls.values()) reject(storeIsGone(detail))
    openCalls.clear()
  }
  worker.on('message', ({ number, result, failure }: FileAnswer) => {
    const open = openCalls.get(number)
    openCalls.delete(number)
    // While nothing is asked, the thread does not keep the process alive.
    if (openCalls.size === 0) worker.unref()
    if (failure === undefined) open?.resolve(result)
    else open?.reject(errorOf(failure))
  })
  worker.on('error', (error) => failAll(error instanceof Error ? error.message : String(error)))
  worker.on('exit', () => failAll('its thread has ended'))

  function expectAnswer(number: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    if (openCalls.size === 0) worker.ref()
    openCalls.set(number, { resolve, reject })
    return promise
  }

  async function call(method: FileMethod, ...parameters: FileCall['parameters']): Promise<unknown> {
    if (ended && method === 'close') return undefined
    if (ended) throw storeIsGone('it is closed')
    lastNumber += 1
    const message: FileCall = { number: lastNumber, method, parameters }
    worker.postMessage(message)
    const answer = await expectAnswer(message.number)
    if (method === 'close') {
      ended = true
      await worker.terminate()
    }
    return answer
  }

  await expectAnswer(0)
  return { call: call as CallFile }
}

/** The thread runs the source in the repository, and the compiled file in the package. */
function programUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./file-thread.${extension}`, import.meta.url)
}

function errorOf({ code, detail, details }: NonNullable<FileAnswer['failure']>): Error {
  if (code === undefined) return new Error(detail)
  return new SignalboxError(code, detail, details === undefined ? {} : { details })
}

function storeIsGone(detail: string): SignalboxError {
  return new SignalboxError('STORE_UNAVAILABLE', `Expected an open store, found that ${detail}.`)
}
