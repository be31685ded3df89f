import type { OutboxCommand } from '../store/store.ts'
import type { Channel } from './channel.ts'
import { createExecutionLanes } from './execution-lanes.ts'

/** A command that a channel which sends by itself holds. */
export interface HeldCommand {
  readonly command: OutboxCommand
  /** `held-back`: an earlier command of the execution is before it. */
  state: 'waiting' | 'held-back' | 'under-way'
  /** The next attempt of the same command, due before this one has left. */
  following?: OutboxCommand
}

/** What such a channel holds, from the delivery to the report: in order within an execution (C2). */
export interface CommandBook extends Pick<Channel, 'deliver' | 'withdraw' | 'held' | 'holds'> {
  /** Those that may leave now, the longest waiting first. */
  waiting(): readonly HeldCommand[]
  /** The first ones of `waiting` leave; each is finished later. */
  begin(count: number): readonly HeldCommand[]
  /** An attempt is over and reported: the next command of the execution may leave. */
  finish(item: HeldCommand): void
}

export interface BookOwner {
  readonly windowCommands: number
  /** There may be something to begin. */
  readonly onWaiting: () => void
  /** The window was full, and is not any more. */
  readonly onRoom: () => void
}

export function createCommandBook({ windowCommands, onWaiting, onRoom }: BookOwner): CommandBook {
  const itemsById = new Map<string, HeldCommand>()
  const waiting: HeldCommand[] = []
  const lanes = createExecutionLanes<HeldCommand>()

  function deliver(commands: readonly OutboxCommand[]): void {
    for (const command of commands) {
      const held = itemsById.get(command.commandId)
      if (held !== undefined) {
        if (held.command.attempt !== command.attempt) held.following = command
        continue
      }
      const item: HeldCommand = { command, state: 'waiting' }
      itemsById.set(command.commandId, item)
      if (lanes.enter(item)) waiting.push(item)
      else item.state = 'held-back'
    }
    onWaiting()
  }

  function finish(item: HeldCommand): void {
    const wasFull = itemsById.size >= windowCommands
    itemsById.delete(item.command.commandId)
    const next = lanes.leave(item)
    if (next !== undefined) {
      next.state = 'waiting'
      waiting.push(next)
    }
    if (item.following !== undefined) deliver([item.following])
    if (wasFull) onRoom()
  }

  function withdrawOne(item: HeldCommand): void {
    delete item.following
    // An attempt under way ends by itself; later commands of the execution wait for it.
    if (item.state === 'under-way') return
    if (item.state === 'waiting') waiting.splice(waiting.indexOf(item), 1)
    finish(item)
  }

  return {
    deliver,
    withdraw(commandIds) {
      for (const id of commandIds) {
        const item = itemsById.get(id)
        if (item !== undefined) withdrawOne(item)
      }
      onWaiting()
    },
    held: () => itemsById.size,
    holds: (commandId) => itemsById.has(commandId),
    waiting: () => waiting,
    begin(count) {
      const begun = waiting.splice(0, count)
      for (const item of begun) item.state = 'under-way'
      return begun
    },
    finish,
  }
}
