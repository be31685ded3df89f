import { createQueueChannel } from '../../../src/channel/queue/queue-channel.ts'
import type { Channel } from '../../../src/channel/channel.ts'
import { createEngine } from '../../../src/engine/create-engine.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import type { Log } from '../../../src/engine/log.ts'
import type { Store } from '../../../src/store/store.ts'
import { unreliableStore, type UnreliableStore } from '../store/unreliable-store.ts'
import type { World } from '../world.ts'
import { createProcess, type SimulatedProcess } from './process.ts'

/** One of the places where Signalbox runs; a process in it dies, and another one begins. */
export interface Replica {
  readonly name: string
  readonly index: number
  /** The process that runs now; absent while there is none. */
  life(): Life | undefined
  begin(): void
  /** Ends at once, in the middle of whatever is under way; begins again after a time. */
  crash(awayMs: number): void
  /** Ends as it should; begins again after a time. */
  stop(awayMs: number): void
  /** The process does nothing for a time, and does not know it. */
  halt(forMs: number): void
  /** Goes on, or begins, without waiting for its time. */
  bringBack(): void
}

export interface Life {
  readonly process: SimulatedProcess
  readonly engine: Engine
  readonly store: UnreliableStore
  /** What its engine calls itself in a shared store. */
  readonly replicaId: () => string | undefined
  isStarted(): boolean
  /** How often it has found that its lease may have ended, and has let go of everything. */
  leaseLosses(): number
}

export interface ReplicaOptions {
  readonly index: number
  readonly skewMs: number
  readonly leaseMs: number
  readonly windowCommands: number
  /** @param name of the process that opens it */
  readonly openStore: (name: string) => Promise<Store>
  /** One process at a time may have the store open. */
  readonly isAlone: boolean
  /** Channels of the configuration, for each life. */
  readonly channels: (process: SimulatedProcess) => readonly Channel[]
}

/** A process that cannot start is started again after this time. */
const restartMs = 1_000
const graceMs = 2_000

export function createReplica(options: ReplicaOptions, world: World): Replica {
  const { index, isAlone } = options
  const { clock, story, coverage } = world
  const name = `r${index + 1}`
  let lives = 0
  let life: Life | undefined
  let cancelReturn: (() => void) | undefined

  function begin(): void {
    cancelReturn = undefined
    if (life !== undefined) return
    lives += 1
    const process = createProcess(`${name}.${lives}`, clock, options.skewMs)
    void open(process)
  }

  async function open(process: SimulatedProcess): Promise<void> {
    const store = unreliableStore(
      await options.openStore(process.name),
      process,
      `store ${name}`,
      world,
      isAlone,
    )
    let isStarted = false
    let ids = 0
    let replicaId: string | undefined
    const { sharing } = store.store
    const watched: Store =
      sharing === undefined
        ? store.store
        : {
            ...store.store,
            sharing: {
              ...sharing,
              join(replica) {
                replicaId = replica.id
                return sharing.join(replica)
              },
              listen: (listener) =>
                sharing.listen((notice) => hear(process, () => listener(notice))),
            },
          }
    let leaseLosses = 0
    const log = logOf(process.name, world, () => {
      leaseLosses += 1
    })
    const engine = createEngine({
      store: watched,
      channels: options.channels(process),
      createQueue: (channel) =>
        createQueueChannel({
          name: channel,
          windowCommands: options.windowCommands,
          schedule: process.clock.schedule,
        }),
      clock: process.clock,
      log,
      newId: () => {
        ids += 1
        return `${process.name}-${ids}`
      },
      ...(isAlone ? {} : { replica: { name, leaseMs: options.leaseMs } }),
    })
    life = {
      process,
      engine,
      store,
      replicaId: () => replicaId,
      isStarted: () => isStarted,
      leaseLosses: () => leaseLosses,
    }
    const own = life
    story.tell(process.name, 'starts')
    engine.start().then(
      () => {
        isStarted = true
        return story.tell(process.name, 'has started')
      },
      (error: unknown) => {
        story.tell(process.name, `cannot start: ${messageOf(error)}`)
        if (life === own) end(restartMs)
      },
    )
  }

  /** A notice on its way: it may be lost, late, or come twice. */
  function hear(process: SimulatedProcess, listen: () => void): void {
    const { tape, weather } = world
    const stream = `notices ${name}`
    const fate = tape.chance(stream, weather.noticeFaultPermille) ? 1 + tape.draw(stream, 3) : 0
    if (fate === 1) return coverage.count('notices lost')
    const delayMs = fate === 2 ? tape.draw(stream, 5_000) : 0
    if (fate === 2) coverage.count('notices late')
    if (fate === 3) coverage.count('notices doubled')
    clock.schedule(delayMs, () => process.enter(listen))
    if (fate === 3) clock.schedule(tape.draw(stream, 2_000), () => process.enter(listen))
  }

  function end(awayMs: number): void {
    life?.process.die()
    life = undefined
    cancelReturn?.()
    cancelReturn = clock.schedule(awayMs, begin)
  }

  return {
    name,
    index,
    life: () => life,
    begin,
    crash(awayMs) {
      if (life === undefined) return
      coverage.count('crashes')
      if (life.store.underWay() > 0) coverage.count('crashes with store calls under way')
      story.tell(life.process.name, `dies; back in ${awayMs} ms`)
      end(awayMs)
    },
    stop(awayMs) {
      const own = life
      if (own === undefined || !own.process.isRunning()) return
      coverage.count('graceful stops')
      story.tell(own.process.name, `is asked to stop; back in ${awayMs} ms`)
      const ended = (how: string): void => {
        if (life !== own) return
        story.tell(own.process.name, how)
        end(awayMs)
      }
      own.engine.stop(graceMs).then(
        () => ended('has stopped'),
        (error: unknown) => ended(`has stopped, with ${messageOf(error)}`),
      )
    },
    halt(forMs) {
      const own = life
      if (own === undefined || !own.process.isRunning()) return
      coverage.count('processes halted')
      if (!isAlone && forMs > options.leaseMs) coverage.count('processes halted beyond their lease')
      story.tell(own.process.name, `is halted for ${forMs} ms`)
      own.process.halt()
      clock.schedule(forMs, () => {
        if (!own.process.isAlive() || own.process.isRunning()) return
        story.tell(own.process.name, 'goes on')
        own.process.goOn()
      })
    },
    bringBack() {
      life?.process.goOn()
      life?.store.awayUntil(0)
      if (life === undefined) {
        cancelReturn?.()
        begin()
      }
    },
  }
}

/** A failed decision or listener is a mistake of ours, whatever the world does. */
const leaseLost = 'the lease could not be prolonged in time'
const mistakes = new Set(['decision failed', 'a listener failed'])

function logOf(name: string, { story, violations }: World, onLeaseLost: () => void): Log {
  const tell = (fields: object, message: string): void => {
    story.tell(name, `logs: ${message}${'err' in fields ? ` (${messageOf(fields.err)})` : ''}`)
    if (message.startsWith(leaseLost)) onLeaseLost()
  }
  return {
    debug: () => {},
    info: tell,
    warn: tell,
    error(fields, message) {
      tell(fields, message)
      if (mistakes.has(message)) {
        const cause = 'err' in fields ? messageOf(fields.err) : ''
        violations.report('the engine makes no mistakes', `${name}: ${message}: ${cause}`)
      }
    },
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
