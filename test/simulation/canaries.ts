import type { Store } from '../../src/store/store.ts'
import { aroundStore } from './store/around-store.ts'

/** A store with a planted mistake: proof that the simulator can find it. */
export interface Canary {
  readonly mistake: string
  /** A promise that is broken thereby; several would do. */
  readonly breaks: RegExp
  /** Replicas that it takes to show. */
  readonly replicas?: number
  readonly plant: (store: Store) => Store
}

const plain = (store: Store): Store => aroundStore(store, (_call, work) => work())

export const canaries: readonly Canary[] = [
  {
    mistake: 'takes a write whatever revision it follows',
    breaks: /S2|I2|I5/,
    plant: (store) => ({
      ...plain(store),
      async commit(writes) {
        const ids = writes.map(({ execution }) => execution.id)
        const executions = await store.readExecutions(ids)
        return store.commit(
          writes.map((write) => ({
            ...write,
            expectedRevision: executions.get(write.execution.id)?.revision ?? 0,
          })),
        )
      },
    }),
  },
  {
    mistake: 'says that it has committed what met a conflict',
    breaks: /acknowledged|answered|S3|D1|brought to its end/,
    plant: (store) => ({
      ...plain(store),
      async commit(writes) {
        const results = await store.commit(writes)
        return results.map((result) =>
          result.kind === 'conflict' ? { kind: 'committed', outboxSequences: [] } : result,
        )
      },
    }),
  },
]
