import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import client from '../../client/package.json' with { type: 'json' }
import product from '../../package.json' with { type: 'json' }
import { npm, root } from '../../scripts/project.mjs'
import { run } from '../../scripts/run.mjs'

/**
 * What users get: both packages are built and packed as for publishing, installed into an empty
 * folder, and used from there. Nothing of the repository is within reach but its flows.
 */
const folder = mkdtempSync(join(tmpdir(), 'signalbox-package-test-'))
const home = join(folder, 'home')
const orderFlow = join(root, 'examples', 'order', 'order.flow.yaml')

beforeAll(async () => {
  await succeed(process.execPath, [join(root, 'scripts', 'build.mjs'), '--out', folder])
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }')
  const pack = ['pack', '--ignore-scripts', '--pack-destination', folder]
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

  test('holds no tests', () => {
    const files = installedFiles('signalbox')
    expect(files).toContain('LICENSE')
    expect(files.filter((name) => /\.test\.|(^|\/)contract/.test(name))).toEqual([])
  })

  test('holds the migrations beside the code that reads them', () => {
    expect(installedFiles('signalbox')).toContain('dist/store/sqlite/migrations/0001-initial.sql')
  })
})

describe('the published client', () => {
  test('is imported by its name', async () => {
    const program = `
      import { createWorker } from '@signalbox/client'
      console.log(typeof createWorker)
    `
    const imported = await run(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: home,
    })
    expect(imported).toEqual({ exitCode: 0, output: 'function\n' })
  })

  test('has types and no dependencies', () => {
    expect(installedFiles('@signalbox/client')).toContain('dist/index.d.ts')
    expect(readdirSync(join(home, 'node_modules', '@signalbox'))).toEqual(['client'])
    expect(client.version).toBe(product.version)
  })
})

function signalbox(args: readonly string[]): Promise<{ exitCode: number; output: string }> {
  const program = join(home, 'node_modules', '.bin', 'signalbox')
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
