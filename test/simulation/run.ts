import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { openSharedMemory } from '../../src/store/memory/memory-for-replicas.ts'
import type { Store } from '../../src/store/store.ts'
import { parkedAt } from '../../src/kernel/model/effect.ts'
import { createClients } from './actors/clients.ts'
import { bringToAnEnd } from './actors/bring-to-an-end.ts'
import { createStepTaker, gapMsOf } from './actors/steps.ts'
import { runWorker } from './actors/worker.ts'
import { checkAtTheEnd, checkTimers, checkWindows } from './check-at-the-end.ts'
import { type Coverage, createCoverage } from './coverage.ts'
import { auditLog } from './log/audit-log.ts'
import { createBroker } from './log/broker.ts'
import { createGroup, type Group } from './log/group.ts'
import { createLogChannel } from './log/log-channel.ts'
import { runLogService } from './log/log-service.ts'
import { createAcknowledged } from './model/acknowledged.ts'
import { createHandOuts } from './model/hand-outs.ts'
import { createPublishedFlows } from './model/published-flows.ts'
import { createReplicaLeases } from './model/replica-leases.ts'
import { createServices } from './model/services.ts'
import { createStoredExecutions } from './model/stored-executions.ts'
import { createViolations, type Violation } from './model/violations.ts'
import { createReplica } from './replicas/replica.ts'
import { drawShape, type Shape } from './shape.ts'
import { witnessedStore } from './store/witnessed-store.ts'
import { createStory, untoldStory } from './story.ts'
import type { Recording, Tape } from './tape.ts'
import { letThingsSettle } from './time/rounds.ts'
import { createSimulatedClock, type SimulatedClock } from './time/simulated-clock.ts'
import { calm, drawWeather, type Weather } from './weather.ts'
import type { World } from './world.ts'

export interface RunOptions {
  readonly tape: Tape
  /** Instead of the number that the tape chooses. */
  readonly replicas?: number
  /** Keeps the story for people. */
  readonly isTold?: boolean
  /** Makes a mistake of a store that keeps its promises. */
  readonly plant?: (store: Store) => Store
  /** What a partition of the log is called; another name after a restart is a planted mistake. */
  readonly sourceOf?: (partition: number, process: string) => string
}

export interface RunResult {
  readonly violation: Violation | undefined
  readonly coverage: Coverage
  readonly shape: Shape
  readonly story: readonly string[]
  readonly recording: Recording
  readonly simulatedMs: number
  /** How often time went on. */
  readonly moments: number
}

const divideMs = 4_000
const startAt = 1_700_000_000_000
/** A run has some thousands; one with more goes round in circles. */
const momentsMax = 60_000

/** Runs one simulated world from beginning to end. */
export async function runSimulation(options: RunOptions): Promise<RunResult> {
  const { tape } = options
  const clock = createSimulatedClock(startAt)
  const coverage = createCoverage()
  const violations = createViolations()
  const story = options.isTold === true ? createStory(() => clock.now(), startAt) : untoldStory
  const published = createPublishedFlows(violations)
  const { flowOf } = published
  const stored = createStoredExecutions({
    now: () => clock.now(),
    story,
    violations,
    coverage,
    flowOf,
  })
  const weather: Weather = { ...calm }
  const world: World = { clock, tape, story, coverage, violations, stored, weather }
  const shape = drawShape(tape, options.replicas)
  const leases = createReplicaLeases(() => clock.now())
  const services = createServices()
  const acknowledged = createAcknowledged(stored, violations)
  const handOuts = createHandOuts({ now: () => clock.now(), stored, leases, violations, coverage })
  const { openStore, plain } = await openStores(shape, () => clock.now(), options.plant)
  const broker = createBroker()
  const group = createGroup(world)
  const { sourceOf = usualSource } = options
  const witness = { stored, published, leases, now: () => clock.now() }
  const replicas = shape.skewsMs.map((skewMs, index) =>
    createReplica(
      {
        index,
        skewMs,
        leaseMs: shape.leaseMs,
        windowCommands: shape.windowCommands,
        openStore: async (name) => witnessedStore(await openStore(), name, witness),
        isAlone: !shape.isShared,
        channels: (process) =>
          shape.hasLog ? [createLogChannel({ world, process, broker, group, sourceOf })] : [],
      },
      world,
    ),
  )
  const clients = createClients({ world, replicas, acknowledged, published })
  const take = createStepTaker({ world, weather, replicas, flows: shape.flows, clients })
  let isOver = false
  let moments = 0

  /** Lets time go on until then, or until a promise is broken. */
  async function goOn(until: number): Promise<void> {
    for (let at = clock.nextAt(); at !== undefined && at <= until; at = clock.nextAt()) {
      if (violations.first() !== undefined) return
      clock.fireNext()
      await letThingsSettle()
      moments += 1
      if (moments > momentsMax) violations.report('a run comes to its end', `${moments} moments`)
    }
    clock.goTo(until)
  }

  async function goOnWhile(promise: Promise<unknown>): Promise<void> {
    const wait = { isOpen: true }
    void promise.finally(() => {
      wait.isOpen = false
    })
    while (wait.isOpen && violations.first() === undefined) await goOn(clock.now() + 1)
  }

  const onRejection = (error: unknown): void =>
    violations.report('no promise is left alone with its failure', String(error))
  process.on('unhandledRejection', onRejection)
  try {
    story.tell('world', JSON.stringify({ ...shape, flows: shape.flows.map(({ id }) => id) }))
    for (const replica of replicas) replica.begin()
    await letThingsSettle()
    await goOn(clock.now() + 1_000)
    for (const flow of shape.flows) {
      const [first] = replicas
      if (first !== undefined) await goOnWhile(clients.publish(flow, 1, first))
      if (published.leastVersion(flow.id) < 1) throw new Error('expected a calm world to publish')
    }
    for (let index = 0; index < shape.workers; index += 1) {
      const isDone = (): boolean => isOver
      const { flows } = shape
      const deps = { world, replicas, flows, handOuts, services, acknowledged, isOver: isDone }
      runWorker(`w${index + 1}`, deps)
    }
    if (shape.hasLog) {
      runLogService({ world, broker, services, flows: shape.flows, isOver: () => isOver })
      keepDividing(group, clock, () => isOver)
    }
    Object.assign(
      weather,
      drawWeather((below) => tape.draw('weather', below)),
    )
    story.tell('weather', JSON.stringify(weather))
    for (const step of tape.steps) {
      await goOn(clock.now() + gapMsOf(step))
      if (violations.first() !== undefined) break
      take(step)
      checkWindows(replicas, shape, world)
      await letThingsSettle()
    }
    await goOn(clock.now() + 5_000)

    Object.assign(weather, calm)
    story.tell('weather', 'everything is well from now on')
    for (const replica of replicas) replica.bringBack()
    await letThingsSettle()
    const isOk = (): boolean => violations.first() === undefined
    const checkInCalm = (): Promise<void> => checkTimers({ world, store: plain })
    await bringToAnEnd({
      world,
      replicas,
      clients,
      flowOf,
      goOn,
      goOnWhile,
      isOk,
      checkInCalm,
    })
    // The last commands of what has ended are carried out, and leases end.
    for (let round = 0; round < 60 && isOk() && !(await isQuiet(plain)); round += 1) {
      await goOn(clock.now() + 5_000)
    }
    isOver = true
    if (isOk()) await goOn(clock.now() + 10_000)
    if (isOk()) await checkAtTheEnd({ world, store: plain, replicas, services, shape })
    if (shape.hasLog) await auditLog(world, broker, plain, usualSource)
  } finally {
    isOver = true
    process.off('unhandledRejection', onRejection)
  }
  return {
    violation: violations.first(),
    coverage,
    shape,
    story: story.lines(),
    recording: tape.recording(),
    simulatedMs: clock.now() - startAt,
    moments,
  }
}

const usualSource = (partition: number): string => `post:events@1/${partition}`

/** The partitions of the log are divided anew from time to time, as long as things happen. */
function keepDividing(group: Group, clock: SimulatedClock, isOver: () => boolean): void {
  clock.schedule(divideMs, () => {
    if (isOver()) return
    group.rebalance()
    keepDividing(group, clock, isOver)
  })
}

/** No command waits for a worker. Those that wait for a person stay, also after the end. */
async function isQuiet(store: Store): Promise<boolean> {
  const all = { after: 0, dueBy: parkedAt - 1, limit: 1 }
  for (const channel of await store.outboxChannels()) {
    const rows = await store.readOutbox({ channel, ...all })
    if (rows.length > 0) return false
  }
  return true
}

async function openStores(
  { isShared }: Shape,
  now: () => number,
  plant: (store: Store) => Store = (store) => store,
) {
  if (isShared) {
    const memory = openSharedMemory({ now })
    return { openStore: async () => plant(await memory.open()), plain: await memory.open() }
  }
  const store = await openMemoryStore()
  const planted = plant(store)
  return { openStore: () => Promise.resolve(planted), plain: store }
}
