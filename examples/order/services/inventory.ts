/** The inventory: reserves items on its shelves, and releases them again. */
import { event } from '@signalbox/client'
import type { Order, OrderItem } from '../order.ts'
import { runService } from './service.ts'

type Items = readonly OrderItem[]

const shelfHolds = 200

runService('inventory', ({ worker, ledger }) => {
  const onShelf = new Map<string, number>()
  const reservedFor = new Map<string, Items>()

  const available = (sku: string): number => onShelf.get(sku) ?? shelfHolds

  function reserve(execution: string, items: Items): void {
    for (const { sku, quantity } of items) onShelf.set(sku, available(sku) - quantity)
    reservedFor.set(execution, items)
    // The supplier comes before a shelf is empty, so that the shop can go on for ever.
    for (const { sku } of items) if (available(sku) < shelfHolds / 4) onShelf.set(sku, shelfHolds)
  }

  function release(execution: string): Items {
    const items = reservedFor.get(execution) ?? []
    for (const { sku, quantity } of items) onShelf.set(sku, available(sku) + quantity)
    reservedFor.delete(execution)
    return items
  }

  for (const { deed, execution, what } of ledger.entries) {
    if (deed === 'done') reserve(execution, what as Items)
    if (deed === 'undone') release(execution)
  }

  worker
    .handle<Order>('CheckInventory', (command) =>
      ledger.once(command, () => {
        const { execution, data } = command
        const { orderId, items } = data
        const missing = missingItem(items, available)
        if (missing !== undefined) return refusal(`not enough of ${missing} on the shelf`)
        if (ledger.has(execution, 'undone')) return refusal('the order was given up already')
        reserve(execution, items)
        const answer = event('InventoryCheckOK', { reservation: `R-${orderId}` })
        return { deed: 'done', what: items, answer }
      }),
    )
    .handle<Order>('ReleaseInventory', (command) =>
      ledger.once(command, () => {
        const { execution } = command
        if (!ledger.has(execution, 'done')) return { deed: 'nothing' }
        return { deed: 'undone', what: release(execution) }
      }),
    )
})

function missingItem(items: Items, available: (sku: string) => number): string | undefined {
  const wanted = new Map<string, number>()
  for (const { sku, quantity } of items) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity)
  for (const [sku, quantity] of wanted) if (quantity > available(sku)) return sku
  return undefined
}

function refusal(reason: string) {
  return { deed: 'refused', what: reason, answer: event('InventoryCheckKO', { reason }) } as const
}
