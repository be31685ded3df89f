import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../test/deferred.ts'
import { recordingLog } from '../test/recording-log.ts'
import { WorkerServer } from '../test/worker-server.ts'
import { type Command, event } from './command.ts'
import { RetryLater, TerminalError } from './failures.ts'
import { createWorker, type Worker } from './worker.ts'
import type { WorkerOptions } from './worker-options.ts'

let server: WorkerServer
let worker: Worker | undefined
let log = recordingLog()

beforeEach(async () => {
  server = new WorkerServer()
  log = recordingLog()
  await server.listen()
})

afterEach(async () => {
  await worker?.stop({ graceMs: 0 })
  worker = undefined
  await server.die()
})

function shopWorker(options: Partial<WorkerOptions> = {}): Worker {
  worker = createWorker({ url: server.url, channel: 'shop', name: 'tester', log, ...options })
  return worker
}

function command(id: string, attempt = 1, data: Command['data'] = {}): Command {
  return { id, command: 'Check', execution: 'e1', key: 'k1', flow: 'order', data, attempt }
}

const until = (condition: () => void): Promise<void> =>
  vi.waitFor(condition, { timeout: 10_000, interval: 5 })

describe('a handler', () => {
  test('gets the command and answers with an event', async () => {
    let seen: unknown
    shopWorker({ token: 'secret' })
      .handle<{ sku: string }>('Check', (command) => {
        seen = command
        return event('CheckOK', { shelf: `shelf of ${command.data.sku}` })
      })
      .start()
    server.push(command('e1:1', 1, { sku: 'lamp' }))
    await until(() =>
      expect(server.results).toEqual([
        { id: 'e1:1', event: 'CheckOK', data: { shelf: 'shelf of lamp' } },
      ]),
    )
    expect(seen).toMatchObject({
      ...command('e1:1', 1, { sku: 'lamp' }),
      leasedUntil: expect.any(Number),
    })
    expect(server.leaseRequests[0]).toEqual({
      worker: 'tester',
      commands: ['Check'],
      max: 100,
      waitMs: 25_000,
      leaseMs: 30_000,
    })
    expect(new Set(server.authorizations)).toEqual(new Set(['Bearer secret']))
  })

  test('that returns nothing is just done', async () => {
    shopWorker()
      .handle('Check', () => {})
      .start()
    server.push(command('e1:1'))
    await until(() => expect(server.results).toEqual([{ id: 'e1:1' }]))
  })

  test.each([
    [
      'an error',
      () => new Error('no luck'),
      { error: { code: 'HANDLER_FAILED', message: 'no luck' } },
    ],
    [
      'an error with a code',
      () => Object.assign(new Error('gone'), { code: 'ECONNRESET' }),
      { error: { code: 'ECONNRESET', message: 'gone' } },
    ],
    [
      'a terminal error',
      () => new TerminalError('never', { code: 'NO_SUCH_ITEM' }),
      { error: { code: 'NO_SUCH_ITEM', message: 'never' }, retry: false },
    ],
    [
      'a wish to try later',
      () => new RetryLater(1500.4),
      {
        error: { code: 'RETRY_LATER', message: 'the service asked to be tried again later' },
        retryAfterMs: 1500,
      },
    ],
    [
      'something else',
      () => 'just text',
      { error: { code: 'HANDLER_FAILED', message: 'just text' } },
    ],
  ])('that throws %s fails the attempt', async (_what, thrown, expected) => {
    shopWorker()
      .handle('Check', () => {
        throw thrown()
      })
      .start()
    server.push(command('e1:1'))
    await until(() => expect(server.results).toEqual([{ id: 'e1:1', ...expected }]))
  })

  test('that returns what JSON cannot hold fails for good, and spoils no other result', async () => {
    shopWorker()
      .handle<{ good: boolean }>('Check', ({ data }) =>
        event('CheckOK', { amount: data.good ? 1 : 1n }),
      )
      .start()
    server.push(command('e1:1', 1, { good: true }), command('e2:1', 1, { good: false }))
    await until(() => expect(server.results).toHaveLength(2))
    expect(server.results).toContainEqual({ id: 'e1:1', event: 'CheckOK', data: { amount: 1 } })
    expect(server.results.find(({ id }) => id === 'e2:1')).toMatchObject({
      error: { code: 'HANDLER_RESULT_INVALID' },
      retry: false,
    })
  })

  test('runs again for the next attempt after it failed', async () => {
    const attempts: number[] = []
    shopWorker()
      .handle('Check', ({ attempt }) => {
        attempts.push(attempt)
        if (attempt === 1) throw new Error('crashed')
        return event('CheckOK')
      })
      .start()
    server.push(command('e1:1', 1))
    await until(() => expect(server.results).toHaveLength(1))
    server.push(command('e1:1', 2))
    await until(() => expect(server.results[1]).toEqual({ id: 'e1:1', event: 'CheckOK' }))
    expect(attempts).toEqual([1, 2])
  })
})

describe('how much at once', () => {
  test('never more handlers than maxInFlight, and as many as that', async () => {
    const release = deferred()
    let running = 0
    let most = 0
    shopWorker({ maxInFlight: 3 })
      .handle('Check', async () => {
        running += 1
        most = Math.max(most, running)
        await release.promise
        running -= 1
        return event('CheckOK')
      })
      .start()
    server.push(...Array.from({ length: 10 }, (_, n) => command(`e${n}:1`)))
    await until(() => expect(running).toBe(3))
    release.resolve()
    await until(() => expect(server.results).toHaveLength(10))
    expect(most).toBe(3)
    expect(server.leaseRequests.every(({ max }) => max >= 1 && max <= 3)).toBe(true)
  })

  test('what finished in the same turn travels in one request', async () => {
    const release = deferred()
    let running = 0
    shopWorker()
      .handle('Check', async () => {
        running += 1
        await release.promise
      })
      .start()
    server.push(...Array.from({ length: 50 }, (_, n) => command(`e${n}:1`)))
    await until(() => expect(running).toBe(50))
    release.resolve()
    await until(() => expect(server.results).toHaveLength(50))
    expect(server.resultRequests).toHaveLength(1)
  })
})

describe('a command that comes twice', () => {
  test('while its handler runs: one run, one result', async () => {
    const release = deferred()
    let runs = 0
    shopWorker()
      .handle('Check', async () => {
        runs += 1
        await release.promise
        return event('CheckOK')
      })
      .start()
    server.push(command('e1:1'))
    await until(() => expect(runs).toBe(1))
    const asked = server.leaseRequests.length
    server.release('e1:1')
    await until(() => expect(server.leaseRequests.length).toBeGreaterThan(asked))
    release.resolve()
    await until(() => expect(server.results).toEqual([{ id: 'e1:1', event: 'CheckOK' }]))
    expect(runs).toBe(1)
  })

  test('after it was done: no second run, the same result', async () => {
    let runs = 0
    shopWorker()
      .handle('Check', () => {
        runs += 1
        return event('CheckOK', { runs })
      })
      .start()
    server.push(command('e1:1'))
    await until(() => expect(server.results).toHaveLength(1))
    server.push(command('e1:1', 2))
    await until(() => expect(server.results).toHaveLength(2))
    expect(server.results[1]).toEqual(server.results[0])
    expect(runs).toBe(1)
  })
})

describe('a lease', () => {
  test('is prolonged while a handler holds it for long', async () => {
    const release = deferred()
    shopWorker({ leaseMs: 60 })
      .handle('Check', () => release.promise)
      .start()
    server.push(command('e1:1'))
    await until(() => expect(server.extended.length).toBeGreaterThanOrEqual(3))
    expect(server.extended.flat().every((id) => id === 'e1:1')).toBe(true)
    release.resolve()
    await until(() => expect(server.results).toHaveLength(1))
  })

  test('that was lost aborts the handler, whose failure then is not reported', async () => {
    const aborted = deferred()
    const other = deferred()
    shopWorker({ leaseMs: 60 })
      .handle('Check', async ({ id }, { signal }) => {
        if (id === 'e2:1') return other.promise
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }).finally(() => aborted.resolve())
        return undefined
      })
      .start()
    server.push(command('e1:1'), command('e2:1'))
    await until(() => expect(server.extended.length).toBeGreaterThanOrEqual(1))
    server.takeAway('e1:1')
    await aborted.promise
    other.resolve()
    await until(() => expect(server.results).toEqual([{ id: 'e2:1' }]))
    expect(await worker?.stop()).toEqual({ abandonedCommands: 0, unsentResults: 0 })
    expect(server.results).toEqual([{ id: 'e2:1' }])
  })

  test('that was lost does not hide what was done', async () => {
    const release = deferred()
    shopWorker({ leaseMs: 60 })
      .handle('Check', async () => {
        await release.promise
        return event('CheckOK')
      })
      .start()
    server.push(command('e1:1'))
    await until(() => expect(server.extended.length).toBeGreaterThanOrEqual(1))
    server.takeAway('e1:1')
    await until(() => expect(log.messages).toContain('a lease was lost while its handler ran'))
    release.resolve()
    await until(() => expect(server.results).toEqual([{ id: 'e1:1', event: 'CheckOK' }]))
  })
})

describe('the server', () => {
  test('may be away at the start', async () => {
    await server.die()
    shopWorker()
      .handle('Check', () => event('CheckOK'))
      .start()
    await until(() => expect(log.messages).toContain('the server gives no commands; trying again'))
    await server.listen()
    server.push(command('e1:1'))
    await until(() => expect(server.results).toHaveLength(1))
    expect(log.messages).toContain('the server answers again')
  })

  test('may die while handlers run: their results arrive when it is back', async () => {
    const release = deferred()
    let runs = 0
    shopWorker()
      .handle('Check', async () => {
        runs += 1
        await release.promise
        return event('CheckOK')
      })
      .start()
    server.push(command('e1:1'), command('e2:1'))
    await until(() => expect(runs).toBe(2))
    await server.die()
    release.resolve()
    await until(() => expect(log.messages).toContain('results could not be sent; they are kept'))
    await server.listen()
    await until(() =>
      expect(new Set(server.results.map(({ id }) => id))).toEqual(new Set(['e1:1', 'e2:1'])),
    )
    expect(runs).toBe(2)
  })

  test('may take results and die before it answers: they are sent again', async () => {
    let runs = 0
    server.breakAfterResults = true
    shopWorker()
      .handle('Check', () => {
        runs += 1
        return event('CheckOK')
      })
      .start()
    server.push(command('e1:1'))
    await until(() => expect(server.results).toHaveLength(2))
    expect(server.results[0]).toEqual(server.results[1])
    expect(runs).toBe(1)
  })

  test('that refuses one result gets the others, and a failure for that one', async () => {
    server.refuseResults = (results) =>
      results.some(({ event }) => event === 'Bad')
        ? { status: 400, code: 'NAME_INVALID', detail: 'expected a name, found Bad', retry: false }
        : undefined
    const release = deferred()
    shopWorker()
      .handle('Check', async ({ id }) => {
        await release.promise
        return event(id === 'e3:1' ? 'Bad' : 'CheckOK')
      })
      .start()
    server.push(...Array.from({ length: 8 }, (_, n) => command(`e${n}:1`)))
    await until(() => expect(server.leaseRequests.length).toBeGreaterThan(1))
    release.resolve()
    await until(() => expect(server.results).toHaveLength(8))
    expect(server.results.find(({ id }) => id === 'e3:1')).toEqual({
      id: 'e3:1',
      error: { code: 'NAME_INVALID', message: 'expected a name, found Bad' },
      retry: false,
    })
    expect(server.results.filter(({ event }) => event === 'CheckOK')).toHaveLength(7)
  })

  test('that refuses whatever comes loses no result', async () => {
    let refusals = 0
    server.refuseResults = () => {
      refusals += 1
      return refusals > 4
        ? undefined
        : { status: 400, code: 'REQUEST_INVALID', detail: 'not now', retry: false }
    }
    shopWorker()
      .handle('Check', () => event('CheckOK', { kept: true }))
      .start()
    server.push(command('e1:1'))
    await until(() =>
      expect(server.results).toEqual([{ id: 'e1:1', event: 'CheckOK', data: { kept: true } }]),
    )
  })
})

describe('stop', () => {
  test('lets handlers end, sends their results, and leaves no request behind', async () => {
    const release = deferred()
    let running = 0
    const busy = shopWorker().handle('Check', async () => {
      running += 1
      await release.promise
      return event('CheckOK')
    })
    busy.start()
    server.push(command('e1:1'))
    await until(() => expect(running).toBe(1))
    await until(() => expect(server.waitingLeases()).toBe(1))
    const stopped = busy.stop()
    await until(() => expect(server.waitingLeases()).toBe(0))
    server.push(command('e2:1'))
    release.resolve()
    expect(await stopped).toEqual({ abandonedCommands: 0, unsentResults: 0 })
    expect(server.results).toEqual([{ id: 'e1:1', event: 'CheckOK' }])
    expect(running).toBe(1)
  })

  test('gives up, after the grace, what does not end', async () => {
    const aborted = deferred()
    const busy = shopWorker().handle('Check', async (_, { signal }) => {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve())
      })
      aborted.resolve()
    })
    busy.start()
    server.push(command('e1:1'))
    await until(() => expect(server.leaseRequests.length).toBeGreaterThan(1))
    expect(await busy.stop({ graceMs: 20 })).toEqual({ abandonedCommands: 1, unsentResults: 0 })
    await aborted.promise
    expect(server.results).toEqual([])
  })

  test('says how many results the absent server did not get', async () => {
    const release = deferred()
    let running = 0
    const busy = shopWorker().handle('Check', async () => {
      running += 1
      await release.promise
    })
    busy.start()
    server.push(command('e1:1'))
    await until(() => expect(running).toBe(1))
    await server.die()
    release.resolve()
    expect(await busy.stop({ graceMs: 50 })).toEqual({ abandonedCommands: 0, unsentResults: 1 })
  })
})

describe('misuse is said at once', () => {
  test('options', () => {
    expect(() => createWorker({ channel: '' })).toThrow('expected the name of a channel')
    expect(() => createWorker({ channel: 'shop', maxInFlight: 0 })).toThrow(
      'expected maxInFlight to be a whole number from 1 to 10000, found 0',
    )
    expect(() => createWorker({ channel: 'shop', url: 'nowhere' })).toThrow('expected the URL')
  })

  test('order of calls', async () => {
    const misused = shopWorker()
    expect(() => misused.start()).toThrow('expected a handler at least')
    misused.handle('Check', () => {})
    expect(() => misused.handle('Check', () => {})).toThrow('found two of Check')
    misused.start()
    expect(() => misused.handle('Other', () => {})).toThrow('expected handlers before start')
    await misused.stop()
    expect(() => misused.start()).toThrow('expected a worker that was not stopped')
  })
})
