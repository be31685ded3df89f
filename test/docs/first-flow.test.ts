import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand, type Server, startServer } from '../../src/cli/test/processes.ts'
import { checkFlow } from '../../src/flow/index.ts'
import { root } from '../tidy/repository.ts'
import { splitWords } from './shell-examples.ts'

/** The guide is carried out: its files, its commands, and what it says that one sees. */
const guide = readFileSync(join(root, 'docs', 'guides', 'first-flow.md'), 'utf8')
const fences = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(
  ([, kind = '', text = '']) => ({
    kind,
    text,
  }),
)

let folder = ''
let server: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-guide-'))
  mkdirSync(join(folder, 'node_modules', '@signalbox'), { recursive: true })
  symlinkSync(join(root, 'client'), join(folder, 'node_modules', '@signalbox', 'client'))
  for (const { text } of fences) {
    const path = /^(?:#|\/\/) (trip\/\S+)\n/.exec(text)?.[1]
    if (path === undefined) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  server = await startServer(commandOf('dev'), { cwd: folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a misspelt state is told on save', async () => {
  const file = join(folder, 'trip', 'trip.flow.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('FlightBooked: Booked', 'FlightBooked: Boked'))
  const [shown = ''] = textFence('TARGET_UNKNOWN').split('\n')
  const told = await server.waitFor('stderr', /^.*TARGET_UNKNOWN.*$/m)
  expect(told[0]).toBe(shown)
  writeFileSync(file, text)
  await server.waitFor('stderr', /unchanged {2}trip v1/)
})

test('two trips, one of which is rolled back', async () => {
  const worker = startWorker()
  const [lisbon, oslo] = await Promise.all([run('Lisbon'), run('Oslo')])
  expect(withoutTimes(lisbon.stdout)).toEqual(withoutTimes(textFence('Lisbon')))
  expect(lisbon.code).toBe(0)
  expect(withoutTimes(oslo.stdout)).toEqual(withoutTimes(textFence('Oslo')))
  expect(oslo.code).toBe(11)
  expect(await worker.stop()).toContain('cancelled: The Grand Oslo')
})

test('a trip waits for its worker', async () => {
  expect((await run('Rome')).code).toBe(0)
  const shown = await signalbox(commandOf('show Rome'))
  expect(shown.stdout).toContain(textFence('waits for').trim())
  const worker = startWorker()
  const followed = await signalbox(['show', 'Rome', '--follow'])
  expect(followed.stdout).toContain('✓ completed')
  await worker.stop()
  expect((await signalbox(commandOf('list'))).stdout.trim().split('\n')).toHaveLength(4)
})

test('the README shows the same flow and the same worker', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const graphs = [readme, guide].map((page) => {
    const flow = checkFlow({ text: fileOf(page, 'trip.flow.yaml') }, {}, { explore: true })
    expect(flow.diagnostics).toEqual([])
    return { ...flow.graph, title: '' }
  })
  expect(graphs[0]).toEqual(graphs[1])
  expect(fileOf(readme, 'worker.mjs')).toBe(fileOf(guide, 'worker.mjs'))
})

/** The file that a page shows under this name. */
function fileOf(page: string, name: string): string {
  const pattern = new RegExp(`^\`\`\`\\w+\\n((?:#|//) trip/${name}\\n[\\s\\S]*?)^\`\`\``, 'm')
  return pattern.exec(page)?.[1] ?? ''
}

function run(city: string) {
  return signalbox(commandOf(city))
}

function signalbox(args: readonly string[]) {
  return runCommand(args, { cwd: folder, env: { SIGNALBOX_URL: server.url } })
}

/** The arguments of the guide's `signalbox` command that holds these words. */
function commandOf(words: string): readonly string[] {
  const lines = fences.filter(({ kind }) => kind === 'sh').flatMap(({ text }) => text.split('\n'))
  const line = lines.find((each) => each.startsWith('signalbox ') && each.includes(words))
  if (line === undefined) throw new Error(`no command with ${words}`)
  return splitWords(line).slice(1)
}

function textFence(words: string): string {
  const fence = fences.find(({ kind, text }) => kind === 'text' && text.includes(words))
  if (fence === undefined) throw new Error(`no text with ${words}`)
  return fence.text
}

/** Runs the guide's worker; `stop` answers with what it printed. */
function startWorker(): { stop(): Promise<string> } {
  const child = spawn(process.execPath, [join('trip', 'worker.mjs')], {
    cwd: folder,
    env: { PATH: process.env['PATH'], SIGNALBOX_URL: server.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const closed = once(child, 'close')
  return {
    stop: async () => {
      child.kill()
      await closed
      return printed
    },
  }
}

/** Timelines differ in times and in who started them. */
function withoutTimes(timeline: string): readonly string[] {
  return timeline
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .replace(/^ *(\+\S+( \d+\w)?)? {2}/, '')
        .trimStart()
        .replace(/after \d+\w+/, 'after a moment')
        .replace(/started by \S+/, 'started by someone'),
    )
}
