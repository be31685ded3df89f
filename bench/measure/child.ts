import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

/** A process of the bench, ended by its own id when it is no longer needed. */
export interface Child {
  readonly name: string
  readonly pid: number
  /** The next message of this kind; fails when the process ends before. */
  message<Message extends { readonly kind: string }>(kind: Message['kind']): Promise<Message>
  /** Asks it to end, insists after a while, answers when it is gone. */
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly name: string
  /** Where its output goes, as `<name>.log`. */
  readonly logs: string
  readonly arguments: readonly string[]
  readonly nodeOptions?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly directory?: string
}

/** What another program than Node may need. */
export interface ProgramOptions extends ChildOptions {
  /** Some programs refuse to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** What asks it to end; SIGTERM if absent. */
  readonly stopSignal?: NodeJS.Signals
}

/** Starts a TypeScript file as a Node process with a message line to its parent. */
export function forkChild(file: string, options: ChildOptions): Child {
  const child = fork(file, options.arguments, {
    execArgv: [...(options.nodeOptions ?? [])],
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(options.directory !== undefined && { cwd: options.directory }),
  })
  return watch(child, options)
}

/** Starts another program. */
export function spawnChild(program: string, options: ProgramOptions): Child {
  const child = spawn(program, options.arguments, {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
    ...(options.directory !== undefined && { cwd: options.directory }),
  })
  return watch(child, options)
}

/** Those that run: none may outlive the bench, however it ends. */
const running = new Map<ChildProcess, NodeJS.Signals>()
process.on('exit', () => {
  for (const [child, stopSignal] of running) child.kill(stopSignal)
})

/** Ends what a case has left behind that could not be started whole. */
export async function stopStragglers(): Promise<void> {
  const left = [...running].toReversed()
  for (const [child, stopSignal] of left) {
    const gone = once(child, 'close')
    child.kill(stopSignal)
    await gone
  }
}

function watch(child: ChildProcess, { name, logs, stopSignal }: ProgramOptions): Child {
  running.set(child, stopSignal ?? 'SIGTERM')
  const logFile = join(logs, `${name}.log`)
  const log = createWriteStream(logFile)
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })

  const received: { readonly kind: string }[] = []
  const waiters = new Set<() => void>()
  let ended: string | undefined
  const wake = () => {
    for (const waiter of waiters) waiter()
  }
  child.on('message', (message: { readonly kind: string }) => {
    received.push(message)
    wake()
  })
  child.on('error', (error) => {
    ended = error.message
    wake()
  })
  const gone = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child)
      ended ??= `ended with ${signal ?? `exit code ${code}`}`
      log.end()
      wake()
      resolve()
    })
  })

  return {
    name,
    pid: child.pid ?? 0,
    message: <Message extends { readonly kind: string }>(kind: Message['kind']) =>
      new Promise<Message>((resolve, reject) => {
        const look = () => {
          const at = received.findIndex((message) => message.kind === kind)
          if (at >= 0) resolve(received.splice(at, 1)[0] as Message)
          else if (ended !== undefined) reject(new Error(`${name} ${ended}; see ${logFile}`))
          else return
          waiters.delete(look)
        }
        waiters.add(look)
        look()
      }),
    stop: async () => {
      if (ended === undefined) child.kill(stopSignal ?? 'SIGTERM')
      const insist = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await gone
      clearTimeout(insist)
    },
  }
}
