import { Worker } from 'node:worker_threads'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { CompileContext, Compilation, FlowSource } from '../../flow/compilation.ts'

/** What an exploring thread is given. */
export interface ExploreRequest {
  readonly source: FlowSource
  readonly context: CompileContext
}

export type Exploration = Pick<Compilation, 'diagnostics' | 'graph'>

/** Each takes a core for up to some seconds; more at once would only slow each other down. */
const threadsMax = 2
let threads = 0

/**
 * Checks a text with the search of its state space, in a thread of its own: a dense flow takes
 * seconds, and nobody else may wait for it. Throws BUSY when enough are being explored.
 */
export async function exploreInThread(request: ExploreRequest): Promise<Exploration> {
  if (threads >= threadsMax) {
    throw new SignalboxError(
      'BUSY',
      `expected fewer than ${threadsMax} flows being explored, found that many`,
      { retryAfterMs: 2_000 },
    )
  }
  threads += 1
  try {
    return await answerOf(new Worker(programUrl(), { workerData: request }))
  } finally {
    threads -= 1
  }
}

function answerOf(worker: Worker): Promise<Exploration> {
  const { promise, resolve, reject } = Promise.withResolvers<Exploration>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('expected an answer of the exploring thread')))
  return promise
}

/** The thread runs the source in the repository, and the compiled file in the package. */
function programUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./explore-thread.${extension}`, import.meta.url)
}
