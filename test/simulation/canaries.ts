import type { OutboxCommand, Store } from '../../src/store/store.ts'
import type { RunOptions } from './run.ts'
import { aroundStore } from './store/around-store.ts'

/** A world with a planted mistake: proof that the simulator can find it. */
export interface Canary {
  readonly mistake: string
  /** The promises that show it. */
  readonly breaks: RegExp
  /** Replicas that it takes. */
  readonly replicas: number
  /** Made anew for each run. */
  readonly plant: () => Pick<RunOptions, 'plant' | 'sourceOf'>
}

export const canaries: readonly Canary[] = [
  {
    mistake: 'takes a write whatever revision it follows',
    breaks: /S2/,
    replicas: 3,
    plant: () => ({ plant: withRevisionIgnored }),
  },
  {
    mistake: 'answers a conflict as if it were committed, so that nobody decides again',
    breaks: /answered|S2|S3/,
    replicas: 3,
    plant: () => ({ plant: withConflictsHidden }),
  },
  {
    mistake: 'forgets that the claims of a dead replica end',
    breaks: /D1|brought to its end/,
    replicas: 2,
    plant: () => ({ plant: claimsThatStay() }),
  },
  {
    mistake: 'gives a claimed command to whoever asks',
    breaks: /H1|H2/,
    replicas: 3,
    plant: () => ({ plant: withClaimsIgnored }),
  },
  {
    mistake: 'does not remember the messages that were applied',
    breaks: /applied once|first answer/,
    replicas: 1,
    plant: () => ({ plant: withInboxForgotten }),
  },
  {
    mistake: 'knows a partition by another name after each start',
    breaks: /lost|applied once|read to its end/,
    replicas: 2,
    plant: () => ({ sourceOf: (partition, process) => `post:${process}/${partition}` }),
  },
  {
    mistake: 'loses some of the commands that it is given',
    breaks: /D1|outbox holds what is pending|brought to its end/,
    replicas: 1,
    plant: () => ({ plant: outboxThatLoses() }),
  },
  {
    mistake: 'never finds the timers of some executions',
    breaks: /timers fire in time|comes to its end/,
    replicas: 1,
    plant: () => ({ plant: withTimersOverlooked }),
  },
]

function wrapped(store: Store): Store {
  return aroundStore(store, (_call, work) => work())
}

function withRevisionIgnored(store: Store): Store {
  return {
    ...wrapped(store),
    async commit(writes) {
      const executions = await store.readExecutions(writes.map(({ execution }) => execution.id))
      return store.commit(
        writes.map((write) => ({
          ...write,
          expectedRevision: executions.get(write.execution.id)?.revision ?? 0,
        })),
      )
    },
  }
}

function withConflictsHidden(store: Store): Store {
  return {
    ...wrapped(store),
    async commit(writes) {
      const results = await store.commit(writes)
      return results.map((result, index) =>
        result.kind === 'conflict'
          ? {
              kind: 'committed',
              outboxSequences: (writes[index]?.outbox.put ?? []).map(() => 0),
            }
          : result,
      )
    },
  }
}

function claimsThatStay(): (store: Store) => Store {
  const ownersByCommand = new Map<string, Store>()
  return (store) => {
    const { sharing } = store
    if (sharing === undefined) return store
    const around = wrapped(store)
    return {
      ...around,
      sharing: {
        ...(around.sharing ?? sharing),
        async claimOutbox(query) {
          const rows = await sharing.claimOutbox(query)
          return rows.filter(({ commandId }) => {
            const owner = ownersByCommand.get(commandId) ?? store
            ownersByCommand.set(commandId, owner)
            return owner === store
          })
        },
      },
      async commit(writes) {
        const results = await store.commit(writes)
        for (const [index, result] of results.entries()) {
          if (result.kind !== 'committed') continue
          for (const [place, { commandId }] of (writes[index]?.outbox.put ?? []).entries()) {
            if (result.claimed?.[place] === true) ownersByCommand.set(commandId, store)
          }
        }
        return results
      },
    }
  }
}

function withClaimsIgnored(store: Store): Store {
  const { sharing } = store
  const around = wrapped(store)
  if (sharing === undefined || around.sharing === undefined) return store
  const readDue = (channel: string, dueBy: number, limit: number) =>
    store.readOutbox({ channel, after: 0, dueBy, limit })
  return {
    ...around,
    sharing: {
      ...around.sharing,
      async claimOutbox({ channel, commands, dueBy, limit }) {
        await sharing.replicas()
        const rows = await readDue(channel, dueBy, limit)
        return rows.filter(({ command }) => commands === undefined || commands.includes(command))
      },
      readClaimed: (ids): Promise<readonly OutboxCommand[]> => store.readOutboxCommands(ids),
    },
  }
}

function withInboxForgotten(store: Store): Store {
  return {
    ...wrapped(store),
    readInbox: (keys) => Promise.resolve(keys.map(() => undefined)),
    commit: (writes) => store.commit(writes.map((write) => ({ ...write, inbox: [] }))),
  }
}

/** Every ninth one. */
function outboxThatLoses(): (store: Store) => Store {
  let puts = 0
  return (store) => ({
    ...wrapped(store),
    async commit(writes) {
      const kept = writes.map((write) => ({
        ...write,
        outbox: {
          ...write.outbox,
          put: write.outbox.put.filter(() => {
            puts += 1
            return puts % 9 !== 0
          }),
        },
      }))
      const results = await store.commit(kept)
      return results.map((result, index) =>
        result.kind === 'committed'
          ? { ...result, outboxSequences: (writes[index]?.outbox.put ?? []).map(() => 0) }
          : result,
      )
    },
  })
}

function withTimersOverlooked(store: Store): Store {
  const isSeen = (executionId: string): boolean => !/[13579]$/.test(executionId)
  return {
    ...wrapped(store),
    async readDueTimers(until, limit, share) {
      const due = await store.readDueTimers(until, limit, share)
      return due.filter(({ executionId }) => isSeen(executionId))
    },
  }
}
