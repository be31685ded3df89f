import { executionIdOf } from './reports.ts'

/** The commands that this replica has claimed, by id and by execution. */
export interface ClaimedCommands {
  add(commands: readonly { readonly commandId: string }[]): void
  remove(commandIds: readonly string[]): void
  has(commandId: string): boolean
  ids(): readonly string[]
  ofExecution(executionId: string): readonly string[]
}

export function createClaimedCommands(): ClaimedCommands {
  const idsByExecution = new Map<string, Set<string>>()

  return {
    add(commands) {
      for (const { commandId } of commands) {
        const executionId = executionIdOf(commandId)
        const ids = idsByExecution.get(executionId)
        if (ids === undefined) idsByExecution.set(executionId, new Set([commandId]))
        else ids.add(commandId)
      }
    },
    remove(commandIds) {
      for (const commandId of commandIds) {
        const executionId = executionIdOf(commandId)
        const ids = idsByExecution.get(executionId)
        ids?.delete(commandId)
        if (ids?.size === 0) idsByExecution.delete(executionId)
      }
    },
    has: (commandId) => idsByExecution.get(executionIdOf(commandId))?.has(commandId) === true,
    ids: () => [...idsByExecution.values()].flatMap((ids) => [...ids]),
    ofExecution: (executionId) => [...(idsByExecution.get(executionId) ?? [])],
  }
}
