import { expect, test } from 'vitest'
import type { ChannelStatus } from '../../engine/engine.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { openSharedMemory } from '../../store/memory/memory-for-replicas.ts'
import { observeStore } from '../../store/observe-store.ts'
import { createChannelOutages } from './channel-outages.ts'
import { createStoreOutages, withoutOutages } from './store-outages.ts'

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: object
}

function recordingLog() {
  const lines: Line[] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields })
  }
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { log, lines }
}

const away = new SignalboxError('STORE_UNAVAILABLE', 'expected an answer, found none')

test('an outage of the store is two lines, however often it is asked', () => {
  const { log, lines } = recordingLog()
  let now = 0
  const outages = createStoreOutages(log, () => now)
  outages.answered('commit')
  for (; now < 60_000; now += 10) outages.failed('commit', away)
  outages.failed('readExecutions', away)
  outages.answered('commit')
  outages.answered('commit')
  expect(lines).toMatchObject([
    { level: 'error', message: 'the store does not answer', fields: { call: 'commit' } },
    {
      level: 'info',
      message: 'the store answers again',
      fields: { outageMs: 60_000, failures: 6_001 },
    },
  ])
})

test('reads that work while commits fail do not end an outage', () => {
  const { log, lines } = recordingLog()
  let now = 0
  const outages = createStoreOutages(log, () => now)
  for (; now < 5_000; now += 100) {
    outages.failed('commit', away)
    outages.answered('readExecutions')
  }
  expect(lines).toHaveLength(1)
  now += 10_000
  outages.answered('probe')
  expect(lines).toHaveLength(2)
})

test('an answer that is an error of the caller is no outage', () => {
  const { log, lines } = recordingLog()
  const outages = createStoreOutages(log, () => 0)
  outages.failed('listExecutions', new SignalboxError('CURSOR_INVALID', 'no'))
  expect(lines).toEqual([])
})

test('consequences of an outage are for debugging, other errors are told', () => {
  const { log, lines } = recordingLog()
  const quiet = withoutOutages(log)
  quiet.error({ err: away }, 'executions cannot be read')
  quiet.warn({ err: away }, 'the lease could not be prolonged')
  quiet.error({ err: new Error('bug') }, 'decision failed')
  quiet.error({}, 'plain')
  expect(lines.map(({ level }) => level)).toEqual(['debug', 'debug', 'error', 'error'])
})

test('every call of a store is heard of, and answers as before', async () => {
  const heard: string[] = []
  const store = observeStore(await openSharedMemory({ now: Date.now }).open(), {
    answered: (method, durationMs) => heard.push(`${method} ${durationMs >= 0}`),
    failed: (method) => heard.push(`${method} failed`),
  })
  expect(await store.readExecutions(['x'])).toEqual(new Map())
  await store.sharing?.join({ id: 'r', name: 'r', leaseMs: 1_000 })
  await expect(
    store.listExecutions({ filter: {}, sort: 'startedAt', limit: 1, cursor: 'bad' }),
  ).rejects.toThrow('CURSOR_INVALID')
  await store.close()
  expect(heard).toEqual(['readExecutions true', 'join true', 'listExecutions failed', 'close true'])
})

test("a channel's trouble is one line, and so is its end", () => {
  const { log, lines } = recordingLog()
  let now = 5_000
  const outages = createChannelOutages(log, () => now)
  const works: ChannelStatus = { name: 'shop', type: 'kafka', held: 0, workers: [] }
  const broken = { ...works, trouble: { since: 4_000, detail: 'expected a broker, found none' } }
  outages.look([works])
  outages.look([broken])
  outages.look([broken])
  now = 9_000
  outages.look([works])
  outages.look([works])
  expect(lines).toMatchObject([
    { level: 'error', fields: { channel: 'shop', detail: 'expected a broker, found none' } },
    { level: 'info', fields: { channel: 'shop', outageMs: 5_000 } },
  ])
})
