import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const keeper = fileURLToPath(new URL('keeper.mjs', import.meta.url))

export interface KeptProgram {
  readonly command: string
  readonly args: readonly string[]
  /** Both streams are appended to it. */
  readonly logFile: string
  /** Files and folders to remove when this process ends without having ended the program. */
  readonly removeWhenAbandoned?: readonly string[]
  /** Commands to run then, for what is not a child of the program, such as a container. */
  readonly whenAbandoned?: readonly (readonly string[])[]
  /** Whom it runs as; absent: as ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** A server of the tests. It ends with this process at the latest, whatever ends this process. */
export interface KeptProcess {
  isRunning(): boolean
  /** Sends the signal, and waits until the program has ended. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void>
}

export function startKept(program: KeptProgram): KeptProcess {
  const { command, args, logFile, removeWhenAbandoned = [], whenAbandoned = [], user } = program
  const log = openSync(logFile, 'a')
  const child = spawn(
    process.execPath,
    [keeper, JSON.stringify({ command, args, removeWhenAbandoned, whenAbandoned, user })],
    // A group of its own, so that Ctrl-C does not reach the program before it is told to end.
    { stdio: ['pipe', log, log], detached: true },
  )
  closeSync(log)
  // Keeps nobody waiting who has nothing else to do: the keeper sees the end of its standard input.
  child.unref()
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  // A keeper that has just ended takes no more signals.
  child.stdin?.on('error', () => {})
  return {
    isRunning,
    async end(signal) {
      if (!isRunning()) return
      const exited = once(child, 'exit')
      child.ref()
      child.stdin?.write(`${signal}\n`)
      await exited
    },
  }
}
