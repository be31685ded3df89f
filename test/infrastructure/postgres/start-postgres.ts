import { execFile } from 'node:child_process'
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { findFreePorts } from '../free-port.ts'
import { type KeptProcess, startKept } from '../kept-process.ts'
import { findPostgresPrograms } from './postgres-programs.ts'

const readyMs = 60_000
const lookEveryMs = 20

export interface PostgresOptions {
  /** More of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A server of one's own, with a data directory. It ends with this process at the latest. */
export interface Postgres {
  /** Of its database `postgres`, for its owner. */
  readonly url: string
  readonly port: number
  /** Ends it as a machine that loses power would. */
  kill(): Promise<void>
  /** Starts it again on the same port and data; ends it in good order before, if it runs. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const defaultSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  // Its own default of a second makes tests of deadlocks slow.
  deadlock_timeout: '100ms',
  timezone: 'UTC',
}

/** Makes a new database cluster in a temporary folder and starts a server on a free port. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const programs = await findPostgresPrograms()
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-postgres-'))
  try {
    const { user } = programs
    if (user !== undefined) await chown(folder, user.uid, user.gid)
    const data = join(folder, 'data')
    await promisify(execFile)(
      programs.initdb,
      ['-D', data, '-U', 'signalbox', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...user, cwd: folder },
    )
    return await startIn(folder, data, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(folder: string, data: string, options: PostgresOptions): Promise<Postgres> {
  const { postgres, user } = await findPostgresPrograms()
  const [port = 0] = await findFreePorts(1)
  const url = `postgres://signalbox@127.0.0.1:${port}/postgres`
  const logFile = join(folder, 'postgres.log')
  const settings = { ...defaultSettings, port: String(port), ...options.settings }
  const settingArgs = Object.entries(settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])

  let server = await start()

  async function start(): Promise<KeptProcess> {
    const endsAt = Date.now() + readyMs
    for (;;) {
      const started = startKept({
        command: postgres,
        args: ['-D', data, ...settingArgs],
        logFile,
        removeWhenAbandoned: [folder],
        ...(user === undefined ? {} : { user }),
      })
      if (await isReady(url, started, endsAt)) return started
      // Processes of a server that was killed hold its memory for a moment longer.
      await started.end('SIGKILL')
      if (Date.now() > endsAt) {
        const log = await readFile(logFile, 'utf8')
        throw new Error(`expected PostgreSQL to start, found:\n${log.slice(-2_000)}`)
      }
      await pause(lookEveryMs)
    }
  }

  return {
    url,
    port,
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGINT')
      server = await start()
    },
    async stop() {
      await server.end('SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Whether it answers before it ends or the time does. */
async function isReady(url: string, server: KeptProcess, endsAt: number): Promise<boolean> {
  while (server.isRunning() && Date.now() < endsAt) {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      return true
    } catch {
      // Not yet.
      await pause(lookEveryMs)
    } finally {
      await client.end().catch(() => {})
    }
  }
  return false
}
