import { isDeepStrictEqual } from 'node:util'
import { replay } from '../../src/kernel/evolve/evolve.ts'
import { limits } from '../../src/kernel/limits.ts'
import type { Fact } from '../../src/kernel/model/fact.ts'
import type { Store } from '../../src/store/store.ts'
import { logChannelName, logWindowCommands } from './log/log-channel.ts'
import type { Services } from './model/services.ts'
import type { Replica } from './replicas/replica.ts'
import type { Shape } from './shape.ts'
import type { World } from './world.ts'

interface EndDeps {
  readonly world: World
  /** The store itself, without whatever stands before it. */
  readonly store: Store
  readonly replicas: readonly Replica[]
  readonly services: Services
  readonly shape: Shape
}

/** A timer may be late by so much when everything works: polling finds it at the latest then. */
const timerLateMaxMs = 10_000

/** When everything has ended and time has passed: nothing is lost, nothing is left over. */
export async function checkAtTheEnd(deps: EndDeps): Promise<void> {
  await checkStored(deps)
  await checkNothingRemains(deps)
  checkBounds(deps)
  deps.services.audit(deps.world.stored, deps.world.violations)
}

async function checkStored({ world, store }: EndDeps): Promise<void> {
  const { stored, violations } = world
  const executions = await store.readExecutions(stored.ids())
  for (const id of stored.ids()) {
    const execution = executions.get(id)
    const facts = await journalOf(store, id)
    if (!isDeepStrictEqual(facts, plain(stored.get(id)?.facts))) {
      violations.report('S3: what was committed is in the journal', id)
    }
    const pending = execution?.pending.map((command) => command.id) ?? []
    const rows = await store.readOutboxCommands(pending)
    if (rows.length !== pending.length) {
      violations.report('I5: the outbox holds what is pending', `${id}: ${pending.join()}`)
    }
    if (!isDeepStrictEqual(plain(replay(facts)), execution)) {
      violations.report('I2: replay of the journal is the stored execution', id)
    }
  }
}

async function checkNothingRemains({ world, store }: EndDeps): Promise<void> {
  const { violations, clock } = world
  const unwakeable = await store.findUnwakeable(10)
  if (unwakeable.length > 0) {
    violations.report('the liveness ledger is empty', unwakeable.join())
  }
  await checkTimers({ world, store })
  for (const channel of await store.outboxChannels()) {
    const query = { channel, after: 0, dueBy: clock.now() - timerLateMaxMs, limit: 10 }
    const rows = await store.readOutbox(query)
    if (rows.length > 0) {
      violations.report(
        'D1: every due command is handed out and carried out',
        `${channel}: ${rows.map(({ commandId, command }) => `${commandId} ${command}`).join(', ')}`,
      )
    }
  }
}

/** For calm times. */
export async function checkTimers({ world, store }: Pick<EndDeps, 'world' | 'store'>) {
  const late = await store.readDueTimers(world.clock.now() - timerLateMaxMs, 10)
  if (late.length === 0) return
  const names = late.map(({ executionId }) => executionId).join()
  world.violations.report('timers fire in time', names)
}

/** Two commits and a claim that are under way at once may each fill the room that there was. */
const sharedWindows = 4

/** What channels hold in memory. */
export function checkWindows(replicas: readonly Replica[], shape: Shape, world: World): void {
  for (const replica of replicas) {
    for (const { name, held } of replica.life()?.engine.channels() ?? []) {
      const window = name === logChannelName ? logWindowCommands : shape.windowCommands
      if (held >= window) world.coverage.count('channels that were full')
      if (held > window * (shape.isShared ? sharedWindows : 1)) {
        world.violations.report('C5: a channel holds no more than its window', `${name}: ${held}`)
      }
    }
  }
}

function checkBounds({ world, replicas, shape }: EndDeps): void {
  checkWindows(replicas, shape, world)
  for (const replica of replicas) {
    const engine = replica.life()?.engine
    if (engine === undefined) continue
    const { cachedExecutions, inboundMessages } = engine.stats()
    if (cachedExecutions > limits.cachedExecutions || inboundMessages > 0) {
      world.violations.report(
        'nothing is left in memory',
        `${replica.name}: ${cachedExecutions} executions cached, ${inboundMessages} messages wait`,
      )
    }
  }
}

async function journalOf(store: Store, id: string): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await readPage(store, id, after)
    facts.push(...page.facts.map(({ fact }) => fact))
    after = page.next
  }
  return facts
}

function readPage(store: Store, id: string, after: number) {
  return store.readJournal(id, { after, limit: 500 })
}

/** As it is after it was stored: what is undefined is left out. */
function plain<Value>(value: Value): Value {
  return value === undefined ? value : JSON.parse(JSON.stringify(value))
}
