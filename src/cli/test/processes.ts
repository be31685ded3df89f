import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { processEnvironment } from '../../config/environment.ts'

/** Real processes of the command line, for tests. */

const main = join(import.meta.dirname, '..', 'main.ts')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** Runs one command to its end. */
export async function runCommand(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const running = spawnCommand(args, options)
  return running.finished
}

export interface Running {
  readonly process: ChildProcess
  readonly finished: Promise<Finished>
  readonly stdout: () => string
  readonly stderr: () => string
  /** Answers with the first match in what was or will be written. Throws when the process ends. */
  waitFor(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
}

export function spawnCommand(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd ?? import.meta.dirname,
    env: { PATH: processEnvironment()['PATH'], LANG: 'C.UTF-8', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(options.stdin ?? '')
  const written = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text
      for (const watcher of watchers) watcher()
    })
  }
  const finished = once(child, 'close').then(([code]: (number | null)[]) => ({
    code: code ?? null,
    ...written,
  }))
  return {
    process: child,
    finished,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    waitFor: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(written[stream])
          if (match === null) return
          watchers.delete(look)
          resolve(match)
        }
        watchers.add(look)
        look()
        void finished.then(({ code }) =>
          reject(new Error(`ended with ${code} before ${pattern}:\n${JSON.stringify(written)}`)),
        )
      }),
  }
}

export interface Server extends Running {
  readonly url: string
  /** Sends the signal and answers when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

/** Starts a server on a free port and waits until it listens. */
export async function startServer(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Server> {
  const running = spawnCommand([...args, '--port', '0'], options)
  const [, url = ''] = await running.waitFor('stderr', /^listening on (http:\S+)$/m)
  return {
    ...running,
    url,
    stop: (signal = 'SIGTERM') => {
      running.process.kill(signal)
      return running.finished
    },
  }
}
