import { expect } from 'vitest'
import type { Sharing } from '../sharing.ts'
import type { OutboxCommand, PutCommand, Store } from '../store.ts'
import { commandOf } from './builders.ts'

export type SharedStore = Store & { readonly sharing: Sharing }

/** Contents under test, empty and of their own, that any number of stores can be opened on. */
export interface SharedSubject {
  /** One more store on the same contents, as another process opens it; it has not joined. */
  open(): Promise<SharedStore>
  /** How long the leases of these tests last; nobody renews them, so longer than any test. */
  readonly leaseMs: number
  /** Lets the lease of this replica end, as it does when its process is dead; the others keep theirs. */
  endLease(replicaId: string): Promise<void>
  /** Lets a little time pass by the store's clock: for waiting in a loop. */
  tick(): Promise<void>
  readonly cleanup: () => Promise<void>
}

export type OpenSharedSubject = () => Promise<SharedSubject>

/** Registers one test of the suite; it is given fresh contents. */
export type SharedPromised = (test: string, body: (subject: SharedSubject) => Promise<void>) => void

/** Due by whatever clock, and not due by any. */
export const longAgo = 1_600_000_000_000
export const notSoon = 4_000_000_000_000

/** Opens a store and joins with it. */
export async function joinAs(subject: SharedSubject, id: string): Promise<SharedStore> {
  const store = await subject.open()
  await store.sharing.join({ id, name: `host of ${id}`, leaseMs: subject.leaseMs })
  return store
}

/** A command that is due, to be claimed by whoever puts it. */
export function claimedOf(
  executionId: string,
  n: number,
  over: Partial<PutCommand> = {},
): PutCommand {
  return { ...commandOf(executionId, n, { dueAt: longAgo }), claim: true, ...over }
}

/** A command that is due, and put for whoever wants it. */
export function freeOf(executionId: string, n: number, over: Partial<PutCommand> = {}): PutCommand {
  return { ...commandOf(executionId, n, { dueAt: longAgo }), ...over }
}

/** Claims until nothing more comes; proves that no answer is longer than asked for. */
export async function claimAll(
  store: SharedStore,
  query: { readonly channel?: string; readonly commands?: readonly string[] } = {},
  limit = 100,
): Promise<readonly OutboxCommand[]> {
  const claimed: OutboxCommand[] = []
  const channel = query.channel ?? 'shop'
  for (;;) {
    const some = await store.sharing.claimOutbox({ ...query, channel, dueBy: longAgo, limit })
    expect(some.length).toBeLessThanOrEqual(limit)
    if (some.length === 0) return claimed
    claimed.push(...some)
  }
}

export function idsOf(commands: readonly OutboxCommand[]): readonly string[] {
  return commands.map(({ commandId }) => commandId)
}

/** Which of these commands a replica has claimed. */
export async function claimedIds(
  store: SharedStore,
  commandIds: readonly string[],
): Promise<readonly string[]> {
  return idsOf(await store.sharing.readClaimed(commandIds)).toSorted()
}

/** Waits by the store's clock until something holds. */
export async function until(
  subject: SharedSubject,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  // The test's own time limit ends what never comes.
  while (!(await holds())) await subject.tick()
}
