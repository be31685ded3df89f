import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { type Child, forkChild, spawnChild } from '../../measure/child.ts'
import { directorySizeBytes } from '../../measure/directory-size.ts'
import { flagsOf } from '../../measure/flags.ts'
import { freePorts, lowFreePorts } from '../../measure/free-port.ts'
import type { Listening } from '../../measure/report-url.ts'
import { waitFor } from '../../measure/wait-for.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres-server.ts'
import { startHttpServices } from './http-services.ts'
import { installPeer, peerFolder } from './install-peer.ts'
import type { StoreKind } from './store-server.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'
import { temporalConfiguration } from './temporal-configuration.ts'

const binaries = `${peerFolder('temporal')}bin/`
const cliVersion = 'v1.5.1'
/** The server that this command line has inside. */
const serverVersion = 'v1.29.1'
const namespace = 'default'

/**
 * Starts Temporal, the three services, and the application that is its worker and client. On SQLite
 * it is the development server of its command line, with a file. On PostgreSQL it is the server
 * itself, all of its services in one process, as its sample configuration has it.
 */
export async function startTemporal(
  storeKind: StoreKind,
  workplace: Workplace,
): Promise<SystemUnderTest> {
  installPeer('temporal')
  installProgram('temporal', `github.com/temporalio/cli/cmd/temporal@${cliVersion}`)
  const server =
    storeKind === 'sqlite'
      ? await startDevelopmentServer(workplace)
      : await startServerOnPostgres(workplace)
  const shop = await startHttpServices(workplace)
  const application = forkChild(`${peerFolder('temporal')}application.ts`, {
    name: 'application',
    logs: workplace.logs,
    arguments: [server.address, shop.url],
  })
  const { url } = await application.message<Listening>('listening')
  return {
    urls: [url],
    target: 'orders',
    children: [server.child, application, shop.child, ...server.storeChildren],
    dataDirectory: workplace.data,
    storeSizeBytes: server.storeSizeBytes,
    stop: async () => {
      await stopAll([server.child, shop.child, application])
      const completedInStore = await server.countCompleted()
      await stopAll(server.storeChildren)
      return { completedInStore }
    },
  }
}

interface TemporalServer {
  readonly child: Child
  readonly address: string
  readonly storeChildren: readonly Child[]
  readonly storeSizeBytes: () => number
  /** After the server has ended. */
  countCompleted(): Promise<number>
}

/** The newest run of a workflow id; status 2 is *completed*. */
const countStatement = 'SELECT count(*) AS n FROM current_executions WHERE status = 2'

async function startDevelopmentServer({ data, logs }: Workplace): Promise<TemporalServer> {
  const [port = 0, metricsPort = 0] = await freePorts(2)
  const file = join(data, 'temporal.db')
  const child = spawnChild(`${binaries}temporal`, {
    name: 'server',
    logs,
    arguments: [
      'server',
      'start-dev',
      '--headless',
      ...flagsOf({
        ip: '127.0.0.1',
        port,
        'metrics-port': metricsPort,
        'db-filename': file,
        'log-level': 'error',
      }),
    ],
  })
  const address = `127.0.0.1:${port}`
  await untilItTakesWorkflows(address)
  return {
    child,
    address,
    storeChildren: [],
    storeSizeBytes: () => directorySizeBytes(data),
    countCompleted: () => {
      const database = new DatabaseSync(file, { readOnly: true })
      const row = database.prepare(countStatement).get()
      database.close()
      return Promise.resolve(Number(row?.['n']))
    },
  }
}

async function startServerOnPostgres(workplace: Workplace): Promise<TemporalServer> {
  installProgram('server', `go.temporal.io/server/cmd/server@${serverVersion}`)
  installProgram('sql', `go.temporal.io/server/cmd/tools/sql@${serverVersion}`)
  const postgres = await startPostgres(workplace)
  createSchema(postgres, 'bench', 'temporal')
  await postgres.query('CREATE DATABASE visibility')
  createSchema(postgres, 'visibility', 'visibility')

  // The server stores its ports in a column that ends at 32,767.
  const ports = await lowFreePorts(8)
  const configuration = temporalConfiguration(`127.0.0.1:${postgres.port}`, ports)
  mkdirSync(join(workplace.data, 'config'))
  writeFileSync(join(workplace.data, 'config', 'bench.yaml'), stringify(configuration))
  const child = spawnChild(`${binaries}server`, {
    name: 'server',
    logs: workplace.logs,
    arguments: ['--root', workplace.data, '--env', 'bench', '--allow-no-auth', 'start'],
    environment: { TEMPORAL_VERSION_CHECK_DISABLED: '1' },
  })
  const address = `127.0.0.1:${ports[0]}`
  await waitFor('a namespace in Temporal', 60_000, async () => {
    await command(['operator', 'namespace', 'create', namespace, '--address', address])
    return true
  })
  await untilItTakesWorkflows(address)
  return {
    child,
    address,
    storeChildren: [postgres.child],
    storeSizeBytes: postgres.sizeBytes,
    countCompleted: async () => {
      const [row] = await postgres.query(countStatement)
      return Number(row?.['n'])
    },
  }
}

function createSchema({ port }: PostgresServer, database: string, schema: string): void {
  const connection = {
    plugin: 'postgres12',
    endpoint: '127.0.0.1',
    port,
    user: 'postgres',
    database,
  }
  const run = (arguments_: readonly string[]) =>
    execFileSync(`${binaries}sql`, [...flagsOf(connection), ...arguments_], { stdio: 'ignore' })
  run(['setup-schema', '--version', '0.0'])
  run(['update-schema', '--schema-name', `postgresql/v12/${schema}`])
}

/** A namespace is known to all of the server's parts some seconds after it was made. */
async function untilItTakesWorkflows(address: string): Promise<void> {
  await waitFor('Temporal to take workflows', 60_000, async () => {
    await command(['workflow', 'list', '--namespace', namespace, '--address', address])
    return true
  })
}

async function command(arguments_: readonly string[]): Promise<void> {
  await promisify(execFile)(`${binaries}temporal`, arguments_, { timeout: 10_000 })
}

/** Builds a program with Go, once: its makers publish it as source code too. */
function installProgram(name: string, source: string): void {
  if (existsSync(`${binaries}${name}`)) return
  console.log(`  building ${source}, some minutes once`)
  try {
    execFileSync('go', ['install', source], {
      env: { ...process.env, GOBIN: binaries },
      stdio: 'ignore',
    })
  } catch {
    throw new Error(
      `Expected \`go install ${source}\` to work, found that it does not: no Go here?`,
    )
  }
}
