import type { BareRows, BareTransition } from './bare-rows.ts'

/** Collects transitions while a commit is under way, and writes them together with the next one. */
export interface GroupCommit {
  write(transition: BareTransition, afterCommit: () => void): void
  /** Calls back after all that was written before it. */
  onCommit(callback: () => void): void
  /** Fulfilled when nothing is under way. */
  idle(): Promise<void>
}

/** `afterEach` is called after each commit, when all of its callbacks were. */
export function createGroupCommit(rows: BareRows, afterEach: () => void): GroupCommit {
  let transitions: BareTransition[] = []
  let callbacks: (() => void)[] = []
  let committing: Promise<void> | undefined

  const onCommit = (callback: () => void): void => {
    callbacks.push(callback)
    committing ??= commitAll()
  }

  async function commitAll(): Promise<void> {
    // What else arrives in this turn of the event loop goes along.
    await new Promise(setImmediate)
    while (callbacks.length > 0) {
      const [group, waiting] = [transitions, callbacks]
      transitions = []
      callbacks = []
      if (group.length > 0) await rows.write(group)
      for (const callback of waiting) callback()
      afterEach()
      // SQLite holds the event loop while it commits: what waits at the sockets is let in first.
      await new Promise(setImmediate)
    }
    committing = undefined
  }

  return {
    write(transition, afterCommit) {
      transitions.push(transition)
      onCommit(afterCommit)
    },
    onCommit,
    idle: async () => {
      await committing
    },
  }
}
