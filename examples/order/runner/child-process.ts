import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  readonly program: string
  readonly args: readonly string[]
  /** Everything that the child says is kept here. */
  readonly logFile: string
  readonly onLine?: (line: string) => void
  /** Beside our own. */
  readonly env?: Readonly<Record<string, string>>
  /** Tells the child, by a closed channel, when this process has died. */
  readonly tellWhenGone?: boolean
}

export interface Child {
  readonly pid: number
  /** Fulfilled when the process has ended, with how. */
  readonly ended: Promise<string>
  /** The last lines that it said. */
  lastLines(): readonly string[]
  kill(signal: NodeJS.Signals): void
}

const linesKept = 20

/**
 * Starts a TypeScript program with the Node that runs this one. In a process group of its own:
 * Ctrl-C reaches only us, and we stop the children in order.
 */
export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true })
  const log = createWriteStream(options.logFile, { flags: 'a' })
  const child = spawn(process.execPath, [options.program, ...options.args], {
    detached: true,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.tellWhenGone === true ? ['ipc' as const] : [])],
  })
  const last: string[] = []
  const take = (line: string): void => {
    log.write(`${line}\n`)
    last.push(line)
    if (last.length > linesKept) last.shift()
    options.onLine?.(line)
  }
  const { stdout, stderr } = child
  for (const stream of [stdout, stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', take)
  }
  return {
    pid: child.pid ?? 0,
    ended: endOf(child).finally(() => log.end()),
    lastLines: () => last,
    kill: (signal) => void child.kill(signal),
  }
}

/** `close` comes after the last line was read. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}
