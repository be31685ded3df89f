import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Finished,
  runCommand,
  type Server,
  spawnCommand,
  startServer,
} from './test/processes.ts'

const orderFlow = join(import.meta.dirname, 'test', 'order.flow.yaml')
let folder = ''
let server: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'))
  server = await startServer(['start', '--store', 'memory:', '--flows', orderFlow], { cwd: folder })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A command against the running server. */
function signalbox(...args: readonly string[]): Promise<Finished> {
  return runCommand(args, { cwd: folder, env: { SIGNALBOX_URL: server.url } })
}

/** Starts an order and answers with its id. */
async function startOrder(orderId: string): Promise<string> {
  const input = JSON.stringify({ orderId })
  const { stdout, stderr } = await signalbox('run', 'order', '--input', input, '--detach')
  expect(stdout, stderr).toMatch(/^[0-9a-f-]{36}\n$/)
  return stdout.trim()
}

describe('executions', () => {
  test('run follows an execution to its end, the exit code tells the outcome', async () => {
    const running = spawnCommand(['run', 'order', '--input', '{"orderId": "follow"}'], {
      env: { SIGNALBOX_URL: server.url },
    })
    await running.waitFor('stdout', /CheckInventory to shop/)
    await signalbox('send', '--flow', 'order', '--key', 'follow', 'InventoryCheckOK')
    await running.waitFor('stdout', /ProcessPayment to shop/)
    await signalbox('send', 'follow', 'PaymentOK', '--data', '{"receipt": "r-1"}')
    const { code, stdout, stderr } = await running.finished
    expect(stdout).toMatch(/← PaymentOK {2}\{"receipt":"r-1"\}[\s\S]*✓ completed after/)
    expect(stderr).toMatch(/^execution [0-9a-f-]{36}\n$/)
    expect(code).toBe(0)
  })

  test('run --json prints facts; a cancelled execution ends with exit code 12', async () => {
    const running = spawnCommand(['run', 'order', '-i', '{"orderId": "cancel"}', '--json'], {
      env: { SIGNALBOX_URL: server.url },
    })
    await running.waitFor('stdout', /"command":"CheckInventory"/)
    const acted = await signalbox('cancel', 'cancel', '--reason', 'the customer called')
    expect(acted.code, acted.stderr).toBe(0)
    const { code, stdout } = await running.finished
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).kind)
    expect(kinds).toEqual(['started', 'entered', 'command-issued', 'command-withdrawn', 'finished'])
    expect(code).toBe(12)
  })

  test('Ctrl-C ends the following, not the execution', async () => {
    const running = spawnCommand(['run', 'order', '-i', '{"orderId": "interrupted"}'], {
      env: { SIGNALBOX_URL: server.url },
    })
    await running.waitFor('stdout', /CheckInventory/)
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(130)
    expect((await signalbox('show', 'interrupted', '--json')).stdout).toContain('"waiting"')
  })

  test('show: what it waits for, its timeline, its state', async () => {
    const id = await startOrder('show-me')
    const { code, stdout } = await signalbox('show', 'show-me')
    expect(code).toBe(0)
    expect(stdout).toContain(id)
    expect(stdout).toMatch(/waits for +the event InventoryCheckOK/)
    expect(stdout).toMatch(/\+0ms {2}▸ order v1 started/)
    expect(stdout).toContain('"orderId": "show-me"')

    const facts = await signalbox('show', id, '--facts')
    expect(
      facts.stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line).kind),
    ).toEqual(['started', 'entered', 'command-issued'])
    const whole: { id: string; journal: unknown[] } = JSON.parse(
      (await signalbox('show', id, '--json')).stdout,
    )
    expect(whole).toMatchObject({ id, status: 'waiting', state: { orderId: 'show-me' } })
    expect(whole.journal).toHaveLength(3)
  })

  test('an act tells what it would do, does it, and refuses what does not fit', async () => {
    const id = await startOrder('acts')
    const rehearsed = await signalbox('pause', id, '--reason', 'counting', '--dry-run')
    expect(rehearsed.stdout).toContain('Would happen')
    expect(rehearsed.stdout).toContain('paused  by')
    const paused = await signalbox('pause', id, '--reason', 'counting')
    expect(paused.stdout).toBe(`${id}  ‖ paused in OrderCreated\n`)
    const again = await signalbox('pause', id, '--reason', 'counting')
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toContain('ALREADY_PAUSED')
    const kept = await signalbox('send', id, 'InventoryCheckOK')
    expect(kept).toMatchObject({ code: 1 })
    expect(kept.stdout).toContain('had no effect (kept): paused in OrderCreated')
    const resumed = await signalbox('resume', id, '--reason', 'counted', '--json')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ id, node: 'InventoryChecked' })
    const moved = await signalbox('move', id, '--node', 'OrderShipped', '--reason', 'by hand')
    expect(moved.stdout).toBe(`${id}  ✓ completed in OrderShipped\n`)
    expect((await signalbox('retry', id, '--reason', 'why')).code).toBe(1)
  })

  test('list filters, and prints JSON lines', async () => {
    const id = await startOrder('listed')
    const table = await signalbox('list', '--key', 'listed')
    expect(table.stdout.split('\n')[0]).toMatch(/^EXECUTION +FLOW +KEY +STATUS +NODE +STARTED/)
    expect(table.stdout).toContain(id)
    expect(table.stdout.trim().split('\n')).toHaveLength(2)
    const lines = await signalbox('list', '--status', 'waiting', '--started-after', '1h', '--json')
    const ids = lines.stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).id)
    expect(ids).toContain(id)
    const none = await signalbox('list', '--key', 'nobody')
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'No executions.\n' })
  })

  test('data cannot control the terminal', async () => {
    const evil = '\u202egnp.exe\u2028\u001b[2J\u009b2J'
    const input = JSON.stringify({ orderId: 'evil', note: evil, [evil]: 1 })
    const { code, stderr } = await signalbox('run', 'order', '-i', input, '--detach')
    expect(code, stderr).toBe(0)
    const { stdout } = await signalbox('show', 'evil')
    expect(stdout).toContain('\\u{202e}gnp.exe')
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
  })

  test('no colours where there is no terminal, unless they are forced', async () => {
    const plain = await signalbox('list')
    expect(plain.stdout).not.toContain('\u001b')
    const forced = await runCommand(['list'], {
      env: { SIGNALBOX_URL: server.url, FORCE_COLOR: '1' },
    })
    expect(forced.stdout).toContain('\u001b[')
  })
})

describe('flows', () => {
  test('flows and flow', async () => {
    expect((await signalbox('flows')).stdout).toMatch(/^order +Order +v1 +active/m)
    const { stdout } = await signalbox('flow', 'order')
    expect(stdout).toMatch(
      /^InventoryChecked +\d* +ProcessPayment +RefundPayment +PaymentOK (→|>) OrderShipped, PaymentKO (→|>) rollback OrderFailed/m,
    )
    expect((await signalbox('flow', 'order', '--text')).stdout).toContain('saga: order\n')
  })

  test('publish: new, unchanged, and with errors beside one without', async () => {
    const good = join(folder, 'good.flow.yaml')
    const bad = join(folder, 'bad.flow.yaml')
    writeFileSync(good, saga('good', 'Done'))
    writeFileSync(bad, saga('bad', 'Dnoe'))
    const first = await signalbox('publish', folder)
    expect(first.code).toBe(1)
    expect(first.stdout).toContain('published  good v1')
    expect(first.stderr).toMatch(/bad\.flow\.yaml:6:\d+ error\[TARGET_UNKNOWN\]/)
    const second = await signalbox('publish', good, '--json')
    expect(JSON.parse(second.stdout)).toMatchObject({ flow: 'good', version: 1, created: false })
  })

  test('check: exit codes, stdin, JSON, strict', async () => {
    expect((await runCommand(['check', orderFlow], { cwd: folder })).code).toBe(0)
    const bad = await runCommand(['check', '-'], { cwd: folder, stdin: saga('bad', 'Dnoe') })
    expect(bad.code).toBe(1)
    expect(bad.stdout).toContain('stdin:6:')
    expect(bad.stdout).toContain('Did you mean `Done`?')
    const withoutTimer = saga('slow', 'Done').replace(/ {4}after.*\n/, '')
    const lax = await runCommand(['check', '-', '--json'], { cwd: folder, stdin: withoutTimer })
    expect(lax.code).toBe(0)
    expect(JSON.parse(lax.stdout)).toMatchObject({
      file: 'stdin',
      flow: 'slow',
      diagnostics: [{ code: 'TIMER_MISSING' }],
    })
    const strict = await runCommand(['check', '-', '--strict'], {
      cwd: folder,
      stdin: withoutTimer,
    })
    expect(strict.code).toBe(1)
  })
})

describe('the server', () => {
  test('health, workers', async () => {
    expect((await signalbox('health')).stdout).toMatch(/^ready {2}http:/)
    expect((await signalbox('workers')).stdout).toMatch(/^CHANNEL/)
    expect((await signalbox('workers', '--json')).stdout).toContain('"name":"shop"')
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it in order', async (signal) => {
    const other = await startServer(['start', '--store', 'memory:', '--json'], { cwd: folder })
    expect(JSON.parse(other.stdout())).toEqual({ url: other.url, pid: other.process.pid })
    const { code, stderr } = await other.stop(signal)
    expect(code).toBe(0)
    expect(stderr).toContain('"msg":"stopped"')
  })

  test('a signal during the start is an orderly end too', async () => {
    const early = spawnCommand(['start', '--store', 'memory:', '--port', '0'], {
      cwd: folder,
      env: {
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(signalAtFirstListener)}`,
      },
    })
    const { code, stderr } = await early.finished
    expect(stderr).toContain('"msg":"stopped"')
    expect(code).toBe(0)
  })

  test('an error that nobody caught is logged and ends it with exit code 70', async () => {
    const plant = "process.once('SIGUSR2', () => { throw new Error('planted') })"
    const other = await startServer(['start', '--store', 'memory:'], {
      cwd: folder,
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}` },
    })
    const { code, stderr } = await other.stop('SIGUSR2')
    expect(code).toBe(70)
    expect(stderr).toMatch(/"level":60.*planted/)
  })

  test('what it was told survives a kill, and the store is used once', async () => {
    const args = ['start', '--flows', orderFlow, '--store', 'sqlite:kept/signalbox.db']
    const first = await startServer(args, { cwd: folder })
    const env = { SIGNALBOX_URL: first.url }
    await runCommand(['run', 'order', '-i', '{"orderId": "kept"}', '-d'], { env })
    const second = await runCommand([...args, '--port', '0'], { cwd: folder })
    expect(second.code).toBe(3)
    expect(second.stderr).toContain('STORE_IN_USE')
    await first.stop('SIGKILL')
    const third = await startServer(args, { cwd: folder })
    const shown = await runCommand(['show', 'kept'], { env: { SIGNALBOX_URL: third.url } })
    expect(shown.stdout).toMatch(/waits for +the event InventoryCheckOK/)
    expect((await third.stop()).code).toBe(0)
  })

  test('a port in use', async () => {
    const { port, close } = await listenSomewhere()
    const { code, stderr } = await runCommand(
      ['start', '--store', 'memory:', '--port', String(port)],
      { cwd: folder },
    )
    await close()
    expect(code).toBe(3)
    expect(stderr).toMatch(/^PORT_IN_USE/m)
    expect(stderr).toContain('--port 0')
  })

  test('an open address without tokens', async () => {
    const args = ['start', '--store', 'memory:', '--host', '0.0.0.0', '--port', '0']
    const { code, stderr } = await runCommand(args, { cwd: folder })
    expect(code).toBe(3)
    expect(stderr).toContain('BIND_WITHOUT_AUTH')
  })

  test('a flow with errors keeps it from starting', async () => {
    const file = join(folder, 'broken.flow.yaml')
    writeFileSync(file, saga('broken', 'Dnoe'))
    const args = ['start', '--store', 'memory:', '--port', '0', '--flows', file]
    const { code, stderr } = await runCommand(args, { cwd: folder })
    rmSync(file)
    expect(code).toBe(1)
    expect(stderr).toContain('error[TARGET_UNKNOWN]')
    expect(stderr).not.toContain('listening')
  })

  test('tokens: the hash lets the token in, and only as far as its roles go', async () => {
    const made = await runCommand(['token', 'looker', '--role', 'viewer', '--json'])
    const { token, ...entry }: { token: string } = JSON.parse(made.stdout)
    const guarded = await startServer(['start', '--store', 'memory:'], {
      cwd: folder,
      env: { SIGNALBOX_AUTH_TOKENS: JSON.stringify([entry]) },
    })
    const env = { SIGNALBOX_URL: guarded.url }
    const without = await runCommand(['list'], { env })
    expect(without.code).toBe(4)
    expect(without.stderr).toContain('UNAUTHENTICATED')
    writeFileSync(join(folder, 'token'), `${token}\n`)
    const args = ['--token', 'file:token']
    expect((await runCommand(['list', ...args], { env, cwd: folder })).code).toBe(0)
    const publish = await runCommand(['publish', orderFlow, ...args], { env, cwd: folder })
    expect(publish.code).toBe(4)
    expect(publish.stderr).toContain('FORBIDDEN')
    await guarded.stop()
  })
})

test('dev checks and publishes on save', async () => {
  const flows = mkdtempSync(join(folder, 'dev-'))
  const file = join(flows, 'trip.flow.yaml')
  writeFileSync(file, saga('trip', 'Done'))
  const dev = await startServer(['dev', flows, '--memory'], { cwd: folder })
  expect(dev.stderr()).toContain('published  trip v1')
  writeFileSync(file, saga('trip', 'Dnoe'))
  await dev.waitFor('stderr', /error\[TARGET_UNKNOWN\][\s\S]*not published/)
  writeFileSync(file, `${saga('trip', 'Done')}# changed\n`)
  await dev.waitFor('stderr', /published {2}trip v2/)
  writeFileSync(join(flows, 'second.flow.yaml'), saga('second', 'Done'))
  await dev.waitFor('stderr', /published {2}second v1/)
  rmSync(file)
  await dev.waitFor('stderr', /gone +.*trip\.flow\.yaml/)
  expect((await dev.stop('SIGINT')).code).toBe(0)
})

describe.concurrent('mistakes', () => {
  test.each<[string, readonly string[], number, string]>([
    ['an unknown command', ['strat'], 2, 'Did you mean start?'],
    ['an unknown option', ['list', '--statsu', 'x'], 2, 'Did you mean --status?'],
    ['a missing argument', ['show'], 2, "missing required argument 'execution'"],
    ['a missing reason', ['cancel', 'x'], 2, "required option '-r, --reason <text>'"],
    ['a wrong number', ['list', '--limit', '0'], 2, 'Expected a whole number from 1.'],
    ['a wrong time', ['list', '--started-after', 'noon'], 2, 'Expected a time such as'],
    ['input that is no JSON', ['run', 'order', '-i', '{'], 2, 'JSON_INVALID'],
    ['input that is no object', ['run', 'order', '-i', '[1]'], 2, 'expected a JSON object'],
    ['a file that is not there', ['run', 'order', '-i', '@nowhere.json'], 2, 'FILE_UNREADABLE'],
    ['no flows', ['check', 'nowhere'], 2, 'FILE_UNREADABLE'],
    ['half an address', ['send', '--flow', 'order', 'X'], 2, '--flow FLOW --key KEY EVENT'],
    ['an unknown flow', ['run', 'nothing'], 1, 'FLOW_NOT_FOUND'],
    ['an unknown execution', ['show', 'nobody'], 1, 'EXECUTION_NOT_FOUND'],
    ['a URL that is none', ['list', '--url', 'localhost'], 3, 'CONFIG_INVALID'],
    ['a wrong configuration', ['config', '--port', 'x'], 3, 'CONFIG_INVALID'],
  ])('%s', async (_name, args, code, text) => {
    const finished = await signalbox(...args)
    expect(finished.stdout).toBe('')
    expect(finished.stderr).toContain(text)
    expect(finished.code).toBe(code)
  })

  test('a server that is not there: what to do about it', async () => {
    // A port that was free a moment ago and that nobody listens on.
    const { port, close } = await listenSomewhere()
    await close()
    const { code, stderr } = await runCommand(['list', '--url', `http://127.0.0.1:${port}`])
    expect(code).toBe(5)
    expect(stderr).toContain('SERVER_UNREACHABLE')
    expect(stderr).toContain('signalbox start')
    const json = await runCommand(['list', '--json', '--url', `http://127.0.0.1:${port}`])
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'SERVER_UNREACHABLE' } })
  })
})

test.concurrent.each(['bash', 'zsh', 'fish'])(
  'completion for %s names every command',
  async (shell) => {
    const { code, stdout } = await runCommand(['completion', shell])
    expect(code).toBe(0)
    for (const name of [
      'start',
      'rollback',
      'workers',
      '--reason'.slice(shell === 'fish' ? 2 : 0),
    ]) {
      expect(stdout).toContain(name)
    }
  },
)

/** Sends SIGTERM to itself as soon as somebody listens for it, which is before the server does. */
const signalAtFirstListener = `
process.on('newListener', (name) => {
  if (name === 'SIGTERM') setImmediate(() => process.kill(process.pid, 'SIGTERM'))
})`

/** A port with somebody on it. */
async function listenSomewhere(): Promise<{ port: number; close: () => Promise<unknown> }> {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => once(other.close(), 'close'),
  }
}

function saga(name: string, target: string): string {
  return `saga: ${name}
channel: yard
states:
  Begun:
    send: Work
    on: { Worked: ${target} }
    undo: none
    after: { 1m: Lost }
  Done: { final: success }
  Lost: { final: failure }
`
}
