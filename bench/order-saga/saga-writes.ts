import { addDecision, createWork, writeOf } from '../../src/engine/work.ts'
import { newUuidV7 } from '../../src/engine/ids.ts'
import { decide, type Execution, type Flow, type Message } from '../../src/kernel/index.ts'
import type { ExecutionWrite } from '../../src/store/store.ts'
import { makeOrder, services } from './order-data.ts'

/** A group of orders that advance together, as the kernel decides and the engine would store it. */
export interface SagaGroup {
  readonly run: string
  readonly firstOrder: number
  readonly orders: number
  readonly startedAt: number
  /** The time from one transition to the next. */
  readonly stepMs: number
}

/** The writes of whole sagas, from start to delivery: one list a transition, one write an order. */
export function* sagaWrites(flow: Flow, group: SagaGroup): Generator<ExecutionWrite[]> {
  const orders = Array.from({ length: group.orders }, (_, n) =>
    makeOrder(group.run, group.firstOrder + n),
  )
  let executions: Execution[] = []
  const write = (at: number, messageOf: (n: number) => Message): ExecutionWrite[] => {
    const writes = orders.map((_, n) => decideWrite(flow, executions[n], messageOf(n), at))
    executions = writes.map(({ execution }) => execution)
    return writes
  }

  let at = group.startedAt
  yield write(at, (n) => {
    const executionId = newUuidV7(at)
    const input = { ...orders[n] }
    return { kind: 'start-execution', id: executionId, at, executionId, input, actor: 'anonymous' }
  })
  for (const answer of Object.values(services)) {
    at += group.stepMs
    yield write(at, (n) => {
      const commandId = executions[n]?.pending[0]?.id ?? ''
      const answered = answer(orders[n]?.orderId ?? '')
      return { kind: 'apply-event', id: `${commandId}:answer`, at, commandId, ...answered }
    })
  }
  if (executions.some(({ status }) => status !== 'completed')) {
    throw new Error(`Expected completed sagas, found ${executions[0]?.status}.`)
  }
}

function decideWrite(
  flow: Flow,
  execution: Execution | undefined,
  message: Message,
  at: number,
): ExecutionWrite {
  const work = createWork(flow, execution, true)
  addDecision(work, decide(flow, execution, message))
  const write = writeOf(work, at, () => false)
  if (write === undefined) throw new Error(`Expected ${message.kind} to change something.`)
  return write
}
