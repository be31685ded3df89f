import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { replay } from '../kernel/evolve/evolve.ts'
import type { Fact } from '../kernel/model/fact.ts'
import { isFinished, type Execution } from '../kernel/model/execution.ts'
import { openEngine, allStoreKinds, type StoreKind, type TestEngine } from './test/open-engine.ts'
import { randomStep, type Step, takeStep } from './test/random-steps.ts'

const orderFlow = readFileSync(
  join(import.meta.dirname, '..', '..', 'examples', 'order', 'order.flow.yaml'),
  'utf8',
)

/** `SIGNALBOX_SEED` repeats a run; without it every run tries new schedules. */
const seed = process.env['SIGNALBOX_SEED']

/** What can happen to an engine, in any order, with the order saga of the examples. */
describe.each(allStoreKinds)('the order saga under random schedules, on the %s store', (kind) => {
  let world: TestEngine | undefined
  afterEach(async () => {
    await world?.close()
    world = undefined
  })

  test('stays sound, and everything ends', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomStep, { minLength: 10, maxLength: 60 }), async (steps) => {
        world = await openEngine(kind)
        try {
          await runSteps(world, steps)
        } finally {
          await world.close()
          world = undefined
        }
      }),
      { numRuns: runsOf(kind), ...(seed === undefined ? {} : { seed: Number(seed) }) },
    )
  })
})

function runsOf(kind: StoreKind): number {
  return Number(process.env['SIGNALBOX_RUNS'] ?? (kind === 'threaded sqlite' ? 10 : 100))
}

async function runSteps(world: TestEngine, steps: readonly Step[]): Promise<void> {
  await world.publish(orderFlow)
  const received = new Map<string, string>()
  for (const step of steps) {
    await takeStep(world, step, received)
    await world.clock.advance(0)
    expect(await world.store.findUnwakeable(10), JSON.stringify(step)).toEqual([])
  }
  await bringToAnEnd(world, received)

  const executions = await allExecutions(world)
  for (const execution of executions) {
    expect(isFinished(execution)).toBe(true)
    const facts = await factsOf(world, execution.id)
    expect(replay(facts)).toEqual(execution)
    expectReceivedCommandsHaveFacts(execution.id, facts, received)
  }
  await expectNothingRemains(world)
}

/** The services are back, people clear up, and time goes on, until everything has ended. */
async function bringToAnEnd(world: TestEngine, received: Map<string, string>): Promise<void> {
  world.faults.failCommits(0, 'before')
  for (let round = 0; round < 300; round += 1) {
    const unfinished = (await allExecutions(world)).filter((execution) => !isFinished(execution))
    const leased = await world.lease({ leaseMs: 1_000 })
    if (unfinished.length === 0 && leased.length === 0 && (await isQuiet(world))) return
    for (const { id, command } of leased) {
      received.set(id, command)
      await (goodAnswers[command] === undefined
        ? world.accept(id)
        : world.answer(id, goodAnswers[command]))
    }
    for (const execution of unfinished) await helpOn(world, execution)
    const nextAt = world.clock.nextAt()
    if (leased.length === 0 && nextAt !== undefined) {
      await world.clock.advance(Math.max(0, nextAt - world.clock.now()))
    }
  }
}

async function isQuiet(world: TestEngine): Promise<boolean> {
  return (await world.store.outboxChannels()).length === 0
}

const goodAnswers: Readonly<Record<string, string>> = {
  CheckInventory: 'InventoryCheckOK',
  ProcessPayment: 'PaymentOK',
  ArrangeShipment: 'ShipmentOK',
  RefundPayment: 'PaymentRefunded',
}

async function helpOn(world: TestEngine, { id, status, node }: Execution): Promise<void> {
  const act = (kind: 'resume' | 'skip' | 'retry') =>
    world.engine.executions.act(id, { kind, actor: 'ada', reason: 'clearing up' })
  if (status === 'paused') await act('resume')
  else if (status === 'incident') await act('skip').catch(() => act('retry'))
  else if (status === 'waiting' && (await isWaitingForAnswer(world, id))) {
    // Its command was accepted without an event; the event comes by itself.
    const events: Record<string, string> = {
      OrderCreated: 'InventoryCheckOK',
      InventoryChecked: 'PaymentOK',
      PaymentProcessed: 'ShipmentOK',
    }
    await world.engine.executions.applyEvent({ executionId: id, event: events[node] ?? '' })
  }
}

async function isWaitingForAnswer(world: TestEngine, id: string): Promise<boolean> {
  return (await world.engine.executions.get(id)).pending.length === 0
}

async function allExecutions(world: TestEngine): Promise<readonly Execution[]> {
  const query = { filter: {}, sort: 'startedAt', limit: 500 } as const
  return (await world.engine.executions.list(query)).items
}

async function factsOf(world: TestEngine, id: string): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Awaited<ReturnType<typeof world.store.readJournal>> = await world.store.readJournal(
      id,
      { after, limit: 500 },
    )
    facts.push(...page.facts.map(({ fact }) => fact))
    after = page.next
  }
  return facts
}

/** The ledger of the services agrees with the journal: nobody was asked for what was not decided. */
function expectReceivedCommandsHaveFacts(
  executionId: string,
  facts: readonly Fact[],
  received: ReadonlyMap<string, string>,
): void {
  const issued = new Map(
    facts.flatMap((fact) => (fact.kind === 'command-issued' ? [[fact.id, fact.command]] : [])),
  )
  for (const [id, command] of received) {
    if (id.startsWith(`${executionId}:`)) expect(issued.get(id)).toBe(command)
  }
}

async function expectNothingRemains(world: TestEngine): Promise<void> {
  expect(await world.store.outboxChannels()).toEqual([])
  expect(await world.store.nextWakeAt()).toBeUndefined()
  expect(await world.store.findUnwakeable(10)).toEqual([])
  expect(await world.engine.flows.nodeCounts('order')).toEqual(new Map())
  // What was waited for in memory alone, leases for example, has had its time by then.
  await world.clock.advance(2 * 3_600_000)
  expect(world.clock.nextAt()).toBeUndefined()
  for (const channel of world.engine.channels()) expect(channel.held).toBe(0)
  const { cachedExecutions, inboundMessages, nextWakeAt } = world.engine.stats()
  expect({ cachedExecutions, inboundMessages, nextWakeAt }).toEqual({
    cachedExecutions: 0,
    inboundMessages: 0,
    nextWakeAt: undefined,
  })
}
