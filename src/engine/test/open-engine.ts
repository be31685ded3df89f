import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Channel, LeasedCommand, LeaseRequest, ReportAnswer } from '../../channel/channel.ts'
import { createQueueChannel } from '../../channel/queue/queue-channel.ts'
import type { CompileContext } from '../../flow/compilation.ts'
import type { Json } from '../../kernel/model/json.ts'
import { openMemoryStore } from '../../store/memory/memory-store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import { createEngine } from '../create-engine.ts'
import type { Engine } from '../engine.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../options.ts'
import { createFaultyStore, type FaultyStore } from './faulty-store.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

/** SQLite on the test's own thread opens at once. */
export const storeKinds = ['memory', 'sqlite'] as const
/** Beside those, SQLite as it runs in a server: answers come whenever its thread has them. */
export const allStoreKinds = [...storeKinds, 'threaded sqlite'] as const
export type StoreKind = (typeof allStoreKinds)[number]

/** A real engine on a real store with queue channels, in a time of its own. */
export interface TestEngine {
  /** The engine of this life; another one after a restart. */
  readonly engine: Engine
  /** The store itself, without faults. */
  readonly store: Store
  readonly faults: FaultyStore
  readonly clock: VirtualClock
  /** What was logged as an error, in this life. */
  readonly errors: readonly string[]
  publish(text: string): Promise<void>
  /** What is ready on a channel, once everything under way has ended. */
  lease(request?: Partial<LeaseRequest>, channel?: string): Promise<readonly LeasedCommand[]>
  answer(commandId: string, event: string, data?: Json): Promise<ReportAnswer | undefined>
  accept(commandId: string): Promise<ReportAnswer | undefined>
  fail(commandId: string, retryable?: boolean): Promise<ReportAnswer | undefined>
  /** A second engine on the same store, at the same time; ends with the first. */
  openAnother(): Promise<Engine>
  /** Stops, closes and opens everything again, as a new process does. */
  restart(awayMs?: number): Promise<void>
  /** The process dies in the middle of whatever it does, and a new one begins. */
  crash(awayMs?: number): Promise<void>
  close(): Promise<void>
}

export interface TestEngineOptions {
  readonly windowCommands?: number
  readonly inboundMessagesMax?: number
  /** Channels of the configuration; those not named here are queues. */
  readonly channels?: (clock: Clock) => readonly Channel[]
  /** Asked at the beginning of each life. */
  readonly compileContext?: () => CompileContext
}

export async function openEngine(
  kind: StoreKind,
  options: TestEngineOptions = {},
): Promise<TestEngine> {
  const clock = createVirtualClock()
  const opened = await openStore(kind)
  let life = await beginLife(clock, opened.store, options)
  const others: Life[] = []
  clock.waitWhile(() => [life, ...others].some(isBusy))

  async function nextLife(awayMs: number): Promise<void> {
    await clock.advance(awayMs)
    life = await beginLife(clock, opened.store, options)
    await clock.advance(0)
  }

  async function stop({ engine, end }: Life): Promise<void> {
    const stopped = engine.stop(0)
    // The time of grace is over at once; attempts under way are cut off by the clock.
    await clock.advance(0)
    await stopped
    end()
  }

  const settleOne = async (
    report: Parameters<ReturnType<Engine['queue']>['settle']>[0][number],
  ): Promise<ReportAnswer | undefined> => (await life.engine.queue('shop').settle([report]))[0]

  return {
    get engine() {
      return life.engine
    },
    get store() {
      return opened.store
    },
    get faults() {
      return life.faults
    },
    get errors() {
      return life.errors
    },
    clock,
    async publish(text) {
      await life.engine.flows.publish({ text, actor: 'tester' })
    },
    async lease(request = {}, channel = 'shop') {
      await clock.advance(0)
      const usual = { worker: 'w1', max: 100, waitMs: 0, leaseMs: 30_000 }
      return life.engine.queue(channel).lease({ ...usual, ...request })
    },
    answer: (commandId, event, data = {}) => settleOne({ kind: 'event', commandId, event, data }),
    accept: (commandId) => settleOne({ kind: 'accepted', commandId }),
    fail: (commandId, retryable = true) =>
      settleOne({ kind: 'failed', commandId, code: 'AWAY', message: 'nobody there', retryable }),
    async openAnother() {
      const other = await beginLife(clock, opened.store, options)
      others.push(other)
      return other.engine
    },
    async restart(awayMs = 0) {
      await stop(life)
      await opened.reopen()
      await nextLife(awayMs)
    },
    async crash(awayMs = 0) {
      life.end()
      await nextLife(awayMs)
    },
    async close() {
      for (const each of [life, ...others]) await stop(each)
      await opened.remove()
    },
  }
}

interface Life {
  readonly engine: Engine
  readonly faults: FaultyStore
  readonly errors: readonly string[]
  /** What it still waits for never comes. */
  end(): void
}

async function beginLife(
  clock: VirtualClock,
  store: Store,
  options: TestEngineOptions,
): Promise<Life> {
  const faults = createFaultyStore(store)
  const errors: string[] = []
  let isAlive = true
  const ownClock: Clock = {
    now: () => clock.now(),
    schedule: (delayMs, callback) =>
      clock.schedule(delayMs, () => {
        if (isAlive) callback()
      }),
  }
  const { windowCommands, inboundMessagesMax } = options
  const engine = createEngine({
    store: faults.store,
    channels: options.channels?.(ownClock) ?? [],
    createQueue: (name) =>
      createQueueChannel({
        name,
        schedule: ownClock.schedule,
        ...(windowCommands === undefined ? {} : { windowCommands }),
      }),
    ...(options.compileContext === undefined ? {} : { compileContext: options.compileContext() }),
    clock: ownClock,
    log: errorLog(errors),
    ...(inboundMessagesMax === undefined ? {} : { inboundMessagesMax }),
  })
  await engine.start()
  return {
    engine,
    faults,
    errors,
    end() {
      isAlive = false
      faults.cut()
    },
  }
}

function isBusy({ faults, engine }: Life): boolean {
  return faults.isBusy() || engine.stats().inboundMessages > 0
}

function errorLog(errors: string[]): Log {
  return {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (_fields, message) => errors.push(message),
  }
}

interface OpenedStore {
  readonly store: Store
  reopen(): Promise<void>
  remove(): Promise<void>
}

async function openStore(kind: StoreKind): Promise<OpenedStore> {
  if (kind === 'memory') {
    const store = await openMemoryStore()
    // It forgets everything when it is closed; a restart keeps it open instead.
    return { store, reopen: async () => {}, remove: () => store.close() }
  }
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-engine-'))
  const open = (): Promise<Store> =>
    openSqliteStore({
      path: join(folder, 'store.db'),
      synchronous: 'normal',
      thread: kind === 'threaded sqlite',
    })
  let store = await open()
  return {
    get store() {
      return store
    },
    async reopen() {
      await store.close()
      store = await open()
    },
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}
