import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import client from '../../client/package.json' with { type: 'json' }
import product from '../../package.json' with { type: 'json' }
import { npm, root } from '../../scripts/project.mjs'
import { run, runTool } from '../../scripts/run.mjs'
import { createTestDatabase } from '../infrastructure/postgres/postgres-for-tests.ts'

/**
 * What users get: both packages are built and packed as for publishing, installed into an empty
 * folder, and used from there. Nothing of the repository is within reach but its flows.
 */
const folder = mkdtempSync(join(tmpdir(), 'signalbox-package-test-'))
const home = join(folder, 'home')
const program = join(home, 'node_modules', '.bin', 'signalbox')
const orderFlow = join(root, 'examples', 'order', 'order.flow.yaml')

beforeAll(async () => {
  await succeed(process.execPath, [join(root, 'scripts', 'build.mjs'), '--out', folder])
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }')
  const pack = ['pack', '--pack-destination', folder]
  await succeedNpm([...pack, join(folder, 'signalbox')])
  await succeedNpm([...pack, join(folder, 'client')])
  const packed = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  await succeedNpm([
    'install',
    '--prefix',
    home,
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    ...packed.map((name) => join(folder, name)),
  ])
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the published server', () => {
  test('tells its version', async () => {
    expect(await signalbox(['--version'])).toEqual({ exitCode: 0, output: `${product.version}\n` })
  })

  test('checks a good flow', async () => {
    expect((await signalbox(['check', orderFlow])).exitCode).toBe(0)
  })

  test('refuses a bad flow with the code of its fault', async () => {
    const bad = join(home, 'bad.flow.yaml')
    writeFileSync(bad, 'saga: bad\nstates:\n  A: { on: { B: Nowhere } }\n')
    const { exitCode, output } = await signalbox(['check', bad])
    expect(output).toContain('TARGET_UNKNOWN')
    expect(exitCode).not.toBe(0)
  })

  test('starts on SQLite, publishes, and serves the pages of its errors', async () => {
    await withServer('sqlite:test.db', async (url) => {
      expect((await fetch(`${url}/health/ready`)).status).toBe(200)
      const page = await fetch(`${url}/errors/BUSY`)
      expect(await page.text()).toContain('What to do')
      expect((await fetch(`${url}/api/flows/order`)).status).toBe(200)
    })
  })

  test('makes its tables in PostgreSQL, and works there', async () => {
    const database = await createTestDatabase()
    try {
      await withServer(database.url, async (url) => {
        expect((await fetch(`${url}/health/ready`)).status).toBe(200)
        expect((await fetch(`${url}/api/flows/order`)).status).toBe(200)
      })
    } finally {
      await database.remove()
    }
  })

  test('holds no tests', () => {
    const files = installedFiles('signalbox')
    expect(files).toContain('LICENSE')
    const ofTests = /\.test\.|(^|\/)(contract|test|testing)(\/|\.|$)/
    expect(files.filter((name) => ofTests.test(name))).toEqual([])
  })

  test('holds the migrations beside the code that reads them', () => {
    const files = installedFiles('signalbox')
    expect(files).toContain('dist/store/sqlite/migrations/0001-initial.sql')
    expect(files).toContain('dist/store/postgres/migrations/0001-initial.sql')
  })
})

describe('the published client', () => {
  test('is imported by its name', async () => {
    const program = `
      import { createWorker } from '@signalbox/client'
      console.log(typeof createWorker)
    `
    expect(await evaluate(program)).toEqual({ exitCode: 0, output: 'function\n' })
  })

  test('does without its peer, and says which one its door for Kafka needs', async () => {
    const program = "await import('@signalbox/client/kafka')"
    // Signalbox itself brings the Kafka client, so it is hidden for a moment.
    const kafka = join(home, 'node_modules', '@platformatic')
    renameSync(kafka, `${kafka}-hidden`)
    const without = await evaluate(program)
    const core = await evaluate("await import('@signalbox/client')")
    renameSync(`${kafka}-hidden`, kafka)
    expect(without.output).toContain("Cannot find package '@platformatic/kafka'")
    expect(core.exitCode).toBe(0)
    expect(await evaluate(program)).toEqual({ exitCode: 0, output: '' })
  })

  test('fits every sample of TypeScript in its documents', async () => {
    const samples = join(home, 'samples')
    mkdirSync(samples)
    for (const document of ['client/README.md', 'docs/guides/services-over-kafka.md']) {
      const text = readFileSync(join(root, document), 'utf8')
      const found = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
      expect(found.length, document).toBeGreaterThan(2)
      for (const [index, [, sample = '']] of found.entries()) {
        const name = `${document.replaceAll(/\W/g, '-')}-${index}.ts`
        writeFileSync(join(samples, name), `${sample}\nexport {}\n`)
      }
    }
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2024',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    }
    writeFileSync(join(samples, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    expect(await runTool('tsc', ['-p', samples])).toEqual({ exitCode: 0, output: '' })
  })

  test('has types, its licence and no dependencies', () => {
    const files = installedFiles('@signalbox/client')
    expect(files).toEqual(expect.arrayContaining(['dist/index.d.ts', 'dist/kafka.d.ts', 'LICENSE']))
    expect(readdirSync(join(home, 'node_modules', '@signalbox'))).toEqual(['client'])
    expect(client.version).toBe(product.version)
  })
})

function evaluate(program: string): Promise<{ exitCode: number; output: string }> {
  return run(process.execPath, ['--input-type=module', '--eval', program], { cwd: home })
}

/** Runs the installed server with the order flow, and sees it end in good order. */
async function withServer(store: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = spawn(
    process.execPath,
    [program, 'start', '--port', '0', '--store', store, '--flows', orderFlow],
    { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exited = once(server, 'exit')
  try {
    await use(await listeningAddress(server))
  } finally {
    server.kill('SIGTERM')
    await exited
  }
  expect(server.exitCode).toBe(0)
}

/** The address that a server says it listens on, on either stream. */
function listeningAddress(server: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)
      if (address !== null) resolve(address[0])
    }
    server.stdout.on('data', read)
    server.stderr.on('data', read)
    server.on('exit', () => reject(new Error(`the server ended before it listened:\n${output}`)))
  })
}

function signalbox(args: readonly string[]): Promise<{ exitCode: number; output: string }> {
  return run(program, args, { cwd: home })
}

function installedFiles(name: string): readonly string[] {
  return readdirSync(join(home, 'node_modules', name), { recursive: true }).map((path) =>
    path.toString().replaceAll('\\', '/'),
  )
}

function succeedNpm(args: readonly string[]): Promise<void> {
  const { command, args: first } = npm()
  return succeed(command, [...first, ...args])
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await run(command, args)
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`)
}
