import type { OutboxCommand } from '../store/store.ts'

/**
 * Keeps the order of commands within an execution (promise C2): while one is being attempted, later
 * ones of the same execution wait. Side commands (`also`) hold nobody up and wait for nobody.
 */
export interface ExecutionLanes<Item extends { readonly command: OutboxCommand }> {
  /** Takes the lane for an attempt; if another attempt has it, the item is held back and told no. */
  enter(item: Item): boolean
  /** The attempt has ended: the items that were held back, in order. */
  leave(item: Item): readonly Item[]
  /** An item that was held back is no longer wanted. */
  forget(item: Item): void
}

export function createExecutionLanes<
  Item extends { readonly command: OutboxCommand },
>(): ExecutionLanes<Item> {
  const heldBackByExecution = new Map<string, Item[] | undefined>()

  return {
    enter(item) {
      if (item.command.purpose === 'also') return true
      const { executionId } = item.command
      if (!heldBackByExecution.has(executionId)) {
        heldBackByExecution.set(executionId, undefined)
        return true
      }
      const heldBack = heldBackByExecution.get(executionId)
      if (heldBack === undefined) heldBackByExecution.set(executionId, [item])
      else heldBack.push(item)
      return false
    },
    leave(item) {
      if (item.command.purpose === 'also') return []
      const { executionId } = item.command
      const heldBack = heldBackByExecution.get(executionId) ?? []
      heldBackByExecution.delete(executionId)
      return heldBack
    },
    forget(item) {
      const heldBack = heldBackByExecution.get(item.command.executionId)
      const index = heldBack?.indexOf(item) ?? -1
      if (index >= 0) heldBack?.splice(index, 1)
    },
  }
}
