import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { compose, type Signalbox } from '../../src/cli/compose.ts'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { silentLog } from '../../src/engine/log.ts'
import { readRepository, root } from '../tidy/repository.ts'
import { shellExamples } from './shell-examples.ts'

/** What people copy from the documents has to work: commands and flags exist, requests are accepted. */
const examples = shellExamples(readRepository())
const named = (command: string) => examples.filter(({ words }) => words[0] === command)

describe('shell examples in documents', () => {
  test('are found and split as a shell does', () => {
    const text = '```sh\n$ signalbox send ID X \\\n  --data \'{"a": 1}\'   # why\ndf -h; ls\n```\n'
    expect(shellExamples([{ path: 'a.md', text }]).map(({ words }) => words)).toEqual([
      ['signalbox', 'send', 'ID', 'X', '--data', '{"a": 1}'],
      ['df', '-h'],
      ['ls'],
    ])
  })

  test('every signalbox command and its flags exist', () => {
    expect(named('signalbox').length).toBeGreaterThan(20)
    expect(named('signalbox').flatMap(({ place, words }) => unknownWords(place, words))).toEqual([])
  })

  test('a flag that does not exist is caught', () => {
    expect(unknownWords('here', ['signalbox', 'show', 'ID', '--nonsense'])).toHaveLength(1)
    expect(unknownWords('here', ['signalbox', 'nonsense'])).toHaveLength(1)
    expect(unknownWords('here', ['signalbox', 'dead-letters', 'nonsense'])).toHaveLength(1)
    const nested = ['signalbox', 'dead-letters', 'resend', '17', '--event', 'Paid', '--nonsense']
    expect(unknownWords('here', nested)).toHaveLength(1)
  })
})

describe('requests in documents', () => {
  let signalbox: Signalbox
  let url: string

  beforeAll(async () => {
    const env = { SIGNALBOX_STORE: 'memory:', SIGNALBOX_PORT: '0', SIGNALBOX_FLOWS: orderFlow }
    signalbox = await compose(loadConfiguration({ env, cwd: root }), silentLog)
    ;({ url } = await signalbox.start())
  })
  afterAll(() => signalbox.stop())

  test('the server takes every request that they show', async () => {
    expect(named('curl').length).toBeGreaterThan(10)
    const refused: string[] = []
    for (const { place, words } of named('curl')) {
      const fault = await faultOf(url, words)
      if (fault !== undefined) refused.push(`${place}: ${fault}`)
    }
    expect(refused).toEqual([])
  })

  test.each([
    ['http://127.0.0.1:7700/api/nonsense'],
    ['-X', 'DELETE', 'http://127.0.0.1:7700/api/flows'],
    ['http://127.0.0.1:7700/api/executions', '-d', 'flow=order'],
    ['http://127.0.0.1:7700/api/executions?colour=red'],
  ])('a request that it does not take is caught: %s %s', async (...words) => {
    expect(await faultOf(url, ['curl', ...words])).toBeDefined()
  })
})

const orderFlow = join(root, 'examples', 'order', 'order.flow.yaml')

const program = createProgram({
  terminal: processTerminal({}),
  env: {},
  cwd: root,
  readStdin: () => Promise.resolve(''),
  interruption: () => new AbortController().signal,
  exit: () => {},
})

function unknownWords(place: string, words: readonly string[]): readonly string[] {
  const [, name = '', subname = ''] = words
  if (name === 'help') return []
  const outer = name.startsWith('-') ? program : subcommand(program, name)
  if (outer === undefined) return [`${place}: there is no command ${name}`]
  const isGroup = outer !== program && outer.commands.length > 0
  // What follows a group alone is for the subcommand that it stands for.
  const command = isGroup ? subcommand(outer, /^[a-z]/.test(subname) ? subname : 'list') : outer
  if (command === undefined) return [`${place}: there is no command ${name} ${subname}`]
  const flags = new Set(['-h', '--help', '-V', '--version'])
  for (const { short, long } of command.options) {
    if (short !== undefined) flags.add(short)
    if (long !== undefined) flags.add(long)
  }
  return words
    .filter((word) => /^--?[a-z]/i.test(word))
    .filter((word) => !flags.has(word.split('=', 1)[0] ?? ''))
    .map((word) => `${place}: ${name} has no flag ${word}`)
}

function subcommand(command: Command, name: string): Command | undefined {
  return command.commands.find((known) => known.name() === name || known.aliases().includes(name))
}

/** The faults of a request itself; that there is no such execution is none of its faults. */
const faults = new Set([
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'REQUEST_INVALID',
  'JSON_INVALID',
  'MEDIA_TYPE_UNSUPPORTED',
])

async function faultOf(url: string, words: readonly string[]): Promise<string | undefined> {
  const { target, method, headers, body } = readCurl(words)
  const response = await fetch(target.replace('http://127.0.0.1:7700', url), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
  if (response.ok) {
    await response.body?.cancel()
    return undefined
  }
  const problem = JSON.parse(await response.text()) as { code: string; detail: string }
  return faults.has(problem.code) ? `${problem.code}: ${problem.detail}` : undefined
}

function readCurl(words: readonly string[]): {
  target: string
  method: string
  headers: Record<string, string>
  body: string | undefined
} {
  const headers: Record<string, string> = {}
  let target = ''
  let method: string | undefined
  let body: string | undefined
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const value = words[index + 1] ?? ''
    if (word === '-X') method = value
    else if (word === '-d') body = value
    else if (word === '-H')
      headers[value.slice(0, value.indexOf(':'))] = value.replace(/^[^:]*:\s*/, '')
    if (/^-[XdH]$/.test(word)) index += 1
    else if (word === '>') break
    else if (!word.startsWith('-')) target = word
  }
  if (body !== undefined) headers['Content-Type'] ??= 'application/x-www-form-urlencoded'
  return { target, method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body }
}
