import type { BareTransition } from './bare-rows.ts'

/** An order under way in the bare server: no flow, no kernel, four transitions written by hand. */
export interface BareSaga {
  readonly id: string
  readonly startedAt: number
  revision: number
  node: string
  status: 'waiting' | 'completed'
  state: { readonly [key: string]: unknown }
}

interface Step {
  readonly node: string
  /** The event that leads here; absent for the first step. */
  readonly event?: string
  readonly command?: string
}

const steps: readonly Step[] = [
  { node: 'OrderCreated', command: 'CheckInventory' },
  { node: 'InventoryChecked', event: 'InventoryCheckOK', command: 'ProcessPayment' },
  { node: 'PaymentProcessed', event: 'PaymentOK', command: 'ArrangeShipment' },
  { node: 'OrderShipped', event: 'ShipmentOK' },
]

export function startSaga(id: string, input: BareSaga['state'], at: number): BareSaga {
  return { id, startedAt: at, revision: 0, node: '', status: 'waiting', state: input }
}

/**
 * Moves a saga on by the result of its current command and answers what is to be written; nothing
 * if the result is a repeat or of another command.
 */
export function advance(
  saga: BareSaga,
  message: { readonly id: string; readonly event?: string; readonly data?: BareSaga['state'] },
  at: number,
): BareTransition | undefined {
  const step = steps[saga.revision]
  if (step === undefined || step.event !== message.event) return undefined
  saga.revision += 1
  saga.node = step.node
  saga.state = { ...saga.state, ...message.data }
  saga.status = step.command === undefined ? 'completed' : 'waiting'
  const { event, data } = message
  return {
    executionId: saga.id,
    revision: saga.revision,
    messageId: message.id,
    status: saga.status,
    node: saga.node,
    state: JSON.stringify(saga.state),
    fact: JSON.stringify({ kind: 'moved', to: saga.node, event, data, at }),
    ...(step.command !== undefined && { command: step.command }),
    at,
  }
}

/** The id of the command that a saga is waiting for; results carry it back. */
export function commandId(saga: BareSaga): string {
  return `${saga.id}:${saga.revision}`
}
