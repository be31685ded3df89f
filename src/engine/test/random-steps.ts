import fc from 'fast-check'
import { expect } from 'vitest'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Execution } from '../../kernel/model/execution.ts'
import type { TestEngine } from './open-engine.ts'

/** One thing that happens; numbers choose among what is there when it does. */
export interface Step {
  readonly kind: (typeof kinds)[number]
  readonly choice: number
  readonly event: string
  readonly ms: number
}

const kinds = [
  'start',
  'work',
  'answer-late',
  'accept',
  'fail',
  'fail-for-good',
  'event',
  'message',
  'time',
  'act',
  'crash',
  'restart',
  'fail-commit',
  'lose-answer',
] as const

const events = [
  'InventoryCheckOK',
  'InventoryCheckKO',
  'PaymentOK',
  'PaymentKO',
  'ShipmentOK',
  'ShipmentKO',
  'PaymentRefunded',
  'RefundFailed',
  'Stranger',
] as const

export const randomStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constant('start') },
    { weight: 6, arbitrary: fc.constant('work') },
    { weight: 8, arbitrary: fc.constantFrom(...kinds) },
  ) as fc.Arbitrary<Step['kind']>,
  choice: fc.nat(30),
  event: fc.constantFrom(...events),
  ms: fc.constantFrom(0, 1, 500, 2_000, 16_000, 31_000, 3_700_000),
})

/** Good news more often than bad; beyond these, any event. */
const answers: Readonly<Record<string, readonly string[]>> = {
  CheckInventory: ['InventoryCheckOK', 'InventoryCheckOK', 'InventoryCheckKO'],
  ProcessPayment: ['PaymentOK', 'PaymentOK', 'PaymentKO'],
  ArrangeShipment: ['ShipmentOK', 'ShipmentKO', 'ShipmentKO'],
  RefundPayment: ['PaymentRefunded', 'RefundFailed', 'RefundFailed'],
}

const input = {
  customer: 'Ada',
  card: '4111',
  city: 'Turin',
  items: [{ sku: 'tea', quantity: 1 }],
  amount: 700,
}
const acts = ['retry', 'skip', 'roll-back', 'cancel', 'pause', 'resume', 'move'] as const
const nodes = ['OrderCreated', 'InventoryChecked', 'PaymentProcessed'] as const

/**
 * Takes a step. Refusals are a part of the game; what no code explains is not.
 *
 * @param received the ledger of the services: command ids with the names of the commands
 */
export async function takeStep(
  world: TestEngine,
  step: Step,
  received: Map<string, string>,
): Promise<void> {
  try {
    await carryOut(world, step, received)
  } catch (error) {
    expect(error).toBeInstanceOf(SignalboxError)
    expect(error).not.toMatchObject({ code: 'INTERNAL' })
    expect(error).not.toMatchObject({ code: 'EXECUTION_QUARANTINED' })
  }
}

async function carryOut(
  world: TestEngine,
  { kind, choice, event, ms }: Step,
  received: Map<string, string>,
): Promise<void> {
  const ids = [...received.keys()]
  const known = ids[choice % Math.max(1, ids.length)] ?? 'nobody:1'
  switch (kind) {
    case 'start': {
      const n = choice % 5
      await world.engine.executions.start({
        flow: 'order',
        id: `o-${n}`,
        input: { ...input, orderId: `K${n}` },
      })
      return
    }
    case 'work': {
      const leased = await world.lease({ max: 3, leaseMs: 5_000 })
      for (const command of leased) received.set(command.id, command.command)
      const [first] = leased
      if (first === undefined) return
      const fitting = answers[first.command] ?? []
      await world.answer(first.id, fitting[choice % 4] ?? event, { at: choice })
      return
    }
    case 'answer-late':
      await world.answer(known, event)
      return
    case 'accept':
      await world.accept(known)
      return
    case 'fail':
    case 'fail-for-good':
      await world.fail(known, kind === 'fail')
      return
    case 'event':
    case 'message':
      await world.engine.executions.applyEvent({
        executionId: (await anExecution(world, choice))?.id ?? 'nobody',
        event,
        data: { from: 'outside' },
        ...(kind === 'message' ? { messageId: `m${choice % 4}` } : {}),
      })
      return
    case 'time':
      await world.clock.advance(ms)
      return
    case 'act':
      await actOn(world, choice)
      return
    case 'crash':
      await world.crash(ms)
      return
    case 'restart':
      await world.restart(ms)
      return
    case 'fail-commit':
      world.faults.failCommits(1 + (choice % 3), 'before')
      return
    case 'lose-answer':
      world.faults.failCommits(1, 'after')
  }
}

async function actOn(world: TestEngine, choice: number): Promise<void> {
  const execution = await anExecution(world, choice)
  const kind = acts[choice % acts.length] ?? 'retry'
  const operator = { actor: 'ada', reason: 'because' }
  await world.engine.executions.act(
    execution?.id ?? 'nobody',
    kind === 'move'
      ? { kind, node: nodes[choice % nodes.length] ?? 'Nowhere', ...operator }
      : { kind, ...operator },
  )
}

async function anExecution(world: TestEngine, choice: number): Promise<Execution | undefined> {
  const { items } = await world.engine.executions.list({
    filter: {},
    sort: 'startedAt',
    limit: 100,
  })
  return items[choice % Math.max(1, items.length)]
}
