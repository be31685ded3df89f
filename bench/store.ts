import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Flow } from '../src/kernel/index.ts'
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'
import { probeDisk } from './measure/disk-probe.ts'
import { fill } from './order-saga/fill.ts'
import { publishOrderFlow } from './order-saga/order-flow.ts'
import { printTable } from './report/table.ts'
import { openRawLoop } from './store-writes/raw-loop.ts'
import { writeBatches } from './store-writes/write-stream.ts'

/**
 * How many writes a second the SQLite store takes, with full sync: by batch size, on an empty store
 * and beside a million finished executions, each as a share of what a bare loop of four-row
 * transactions reaches. The kernel decides the writes beforehand; only commits are timed.
 */
const usage = 'Usage: node bench/store.ts [--sagas 1000000] [--seconds 4] [--filled FILE]'
const batchSizes = [1, 16, 64, 256]

interface Measured {
  readonly writesPerSecond: number
  readonly p99Ms: number
}

const { values } = parseArgs({
  options: {
    sagas: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '4' },
    filled: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else await main(Number(values.sagas), Number(values.seconds) * 1_000, values.filled)

async function main(sagas: number, durationMs: number, kept: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'))
  try {
    const before = probeDisk(folder)
    const raw = await measureRaw(join(folder, 'raw.db'), durationMs)
    const empty = await measureStore(join(folder, 'empty.db'), durationMs)
    const path = kept ?? join(folder, 'filled.db')
    if (!existsSync(path)) await fillLoudly(path, sagas)
    const filled = await measureStore(path, durationMs)
    const after = probeDisk(folder)

    const share = (part: number, whole = 0) => `${((100 * part) / whole).toFixed(0)} %`
    printTable(
      [
        'batch',
        'bare loop/s',
        'empty/s',
        'of bare',
        'p99 ms',
        `${sagas} stored/s`,
        'of empty',
        'p99 ms',
      ],
      batchSizes.map((size, index) => {
        const [bare, first, second] = [raw[index], empty[index], filled[index]]
        if (bare === undefined || first === undefined || second === undefined) return []
        return [
          String(size),
          String(Math.round(bare.writesPerSecond)),
          String(Math.round(first.writesPerSecond)),
          share(first.writesPerSecond, bare.writesPerSecond),
          first.p99Ms.toFixed(1),
          String(Math.round(second.writesPerSecond)),
          share(second.writesPerSecond, first.writesPerSecond),
          second.p99Ms.toFixed(1),
        ]
      }),
      Array.from({ length: 8 }, () => 'right'),
    )
    for (const [when, probe] of Object.entries({ before, after })) {
      console.log(
        `disk ${when}: ${probe.syncsPerSecond} syncs/s, p50 ${probe.p50Us} µs, p99 ${probe.p99Us} µs`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureRaw(path: string, durationMs: number): Promise<readonly Measured[]> {
  const loop = openRawLoop(path)
  const measured: Measured[] = []
  for (const batchSize of batchSizes) {
    const timer = createTimer()
    while (timer.spentMs() < durationMs) await timer.time(batchSize, () => loop.commit(batchSize))
    measured.push(timer.measured())
  }
  loop.close()
  return measured
}

async function measureStore(path: string, durationMs: number): Promise<readonly Measured[]> {
  const store = await openSqliteStore({ path })
  const flow = await publishOrderFlow(store)
  const measured: Measured[] = []
  for (const batchSize of batchSizes)
    measured.push(await measureBatches(store, flow, batchSize, durationMs))
  await store.close()
  return measured
}

async function measureBatches(
  store: Store,
  flow: Flow,
  batchSize: number,
  durationMs: number,
): Promise<Measured> {
  const timer = createTimer()
  for (const writes of writeBatches(flow, `bench-${batchSize}-${Date.now()}`, batchSize)) {
    const results = await timer.time(writes.length, () => store.commit(writes))
    const refused = results.find(({ kind }) => kind !== 'committed')
    if (refused !== undefined) throw new Error(`Expected a commit, found ${refused.kind}.`)
    if (timer.spentMs() >= durationMs) return timer.measured()
  }
  throw new Error('Expected batches without end.')
}

/** Sums up the time spent in what is measured, and nothing else. */
function createTimer() {
  const latenciesMs: number[] = []
  let totalMs = 0
  let writes = 0
  return {
    spentMs: () => totalMs,
    async time<Result>(count: number, work: () => Result | Promise<Result>): Promise<Result> {
      const begunAt = performance.now()
      const result = await work()
      const latencyMs = performance.now() - begunAt
      latenciesMs.push(latencyMs)
      totalMs += latencyMs
      writes += count
      return result
    },
    measured(): Measured {
      const sorted = latenciesMs.toSorted((left, right) => left - right)
      return {
        writesPerSecond: (writes * 1_000) / totalMs,
        p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      }
    },
  }
}

async function fillLoudly(path: string, sagas: number): Promise<void> {
  await fill(path, { from: 0, upTo: sagas }, (done) => {
    if (done % 100_000 === 0) console.log(`filling: ${done} of ${sagas}`)
  })
}
