import { loadClientSettings } from '../config/client-settings.ts'
import type { Environment } from '../config/environment.ts'
import { type ApiClient, createApiClient } from './api/client.ts'
import type { Terminal } from './terminal.ts'

/** What every command works with. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly env: Environment
  readonly cwd: string
  readStdin(): Promise<string>
  /** Aborted by Ctrl-C, for commands that follow or wait. */
  interruption(): AbortSignal
  /** Sets what the process will exit with. */
  exit(code: number): void
}

/** The options of every command that talks to a server. */
export interface ServerOptions {
  readonly url?: string
  readonly token?: string
  readonly json?: boolean
}

/** The API at `--url`, with `--token`. */
export function apiOf(context: CommandContext, options: ServerOptions): ApiClient {
  const { url, token } = options
  return createApiClient(
    loadClientSettings({
      env: context.env,
      cwd: context.cwd,
      ...(url === undefined ? {} : { url }),
      ...(token === undefined ? {} : { token }),
    }),
  )
}

/** One JSON value on one line of stdout. */
export function printJson(context: CommandContext, value: unknown): void {
  context.terminal.data.write(`${JSON.stringify(value)}\n`)
}

/** A line of data on stdout. */
export function printLine(context: CommandContext, text: string): void {
  context.terminal.data.write(`${text}\n`)
}

/** A line for people on stderr. */
export function say(context: CommandContext, text: string): void {
  context.terminal.talk.write(`${text}\n`)
}
