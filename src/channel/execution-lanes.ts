import type { OutboxCommand } from '../store/store.ts'

/**
 * Keeps the order of commands within an execution (promise C2): each waits in the line of its
 * execution until those before it are settled, given up or postponed. Side commands (`also`) hold
 * nobody up and wait for nobody.
 */
export interface ExecutionLanes<Item extends { readonly command: OutboxCommand }> {
  /** Takes the last place in the line; tells whether that is the first. */
  enter(item: Item): boolean
  /** Those behind this one in its line, in order. */
  behind(item: Item): readonly Item[]
  /** Leaves the line, from whatever place. Answers the item that has become the first thereby. */
  leave(item: Item): Item | undefined
}

export function createExecutionLanes<
  Item extends { readonly command: OutboxCommand },
>(): ExecutionLanes<Item> {
  const linesByExecution = new Map<string, Item[]>()

  return {
    enter(item) {
      if (item.command.purpose === 'also') return true
      const { executionId } = item.command
      const line = linesByExecution.get(executionId)
      if (line === undefined) linesByExecution.set(executionId, [item])
      else line.push(item)
      return line === undefined
    },
    behind(item) {
      const line = linesByExecution.get(item.command.executionId) ?? []
      const place = line.indexOf(item)
      return place < 0 ? [] : line.slice(place + 1)
    },
    leave(item) {
      const { executionId } = item.command
      const line = linesByExecution.get(executionId)
      const place = line?.indexOf(item) ?? -1
      if (line === undefined || place < 0) return undefined
      line.splice(place, 1)
      if (line.length === 0) linesByExecution.delete(executionId)
      return place === 0 ? line[0] : undefined
    },
  }
}
