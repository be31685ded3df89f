import fc from 'fast-check'
import { expect } from 'vitest'
import { executionOf, startAt, writeOf } from './builders.ts'
import { PlainClaims } from './plain-claims.ts'
import {
  freeOf,
  idsOf,
  joinAs,
  longAgo,
  notSoon,
  type OpenSharedSubject,
  type SharedPromised,
  type SharedStore,
  type SharedSubject,
} from './sharing-subject.ts'

const replicaIds = ['a', 'b', 'c']
const executionIds = ['e0', 'e1']
const channels = ['shop', 'mail']
const commands = ['Pay', 'Send']

const who = fc.constantFrom(...replicaIds)
const channel = fc.constantFrom(...channels)
const numbers = fc.uniqueArray(fc.nat(4), { maxLength: 3 })
const put = fc.record({
  n: fc.nat(4),
  channel,
  command: fc.constantFrom(...commands),
  isAlso: fc.nat(4).map((n) => n === 0),
  claims: fc.boolean(),
})
const write = fc.record({
  kind: fc.constant('write' as const),
  who,
  execution: fc.constantFrom(...executionIds),
  put: fc.uniqueArray(put, { maxLength: 3, selector: ({ n }) => n }),
  remove: numbers,
  postpone: fc.option(fc.record({ n: fc.nat(4), isDue: fc.boolean() }), { nil: undefined }),
})
const step = fc.oneof(
  { weight: 6, arbitrary: write },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      who,
      channel,
      commands: fc.option(fc.subarray(commands, { minLength: 1 }), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('release' as const), who, numbers }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('keep' as const), who, channel, numbers }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), who, numbers, delay: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), who }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
type Write = Extract<Step, { kind: 'write' }>

interface World {
  readonly subject: SharedSubject
  readonly stores: ReadonlyMap<string, SharedStore>
  readonly plain: PlainClaims
  readonly revisions: Map<string, number>
}

export function sharedHistoryPromises(promised: SharedPromised, open: OpenSharedSubject): void {
  promised('random histories of several replicas go as in the plainest words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (history) => {
        const subject = await open()
        try {
          const world = await openWorld(subject)
          for (const planned of history) {
            await carryOut(planned, world)
            await compare(world)
          }
        } finally {
          await subject.cleanup()
        }
      }),
      { numRuns: 30 },
    )
  })
}

async function openWorld(subject: SharedSubject): Promise<World> {
  const stores = new Map<string, SharedStore>()
  const plain = new PlainClaims()
  for (const id of replicaIds) {
    stores.set(id, await joinAs(subject, id))
    plain.beginLease(id)
  }
  return { subject, stores, plain, revisions: new Map() }
}

async function carryOut(planned: Step, world: World): Promise<void> {
  const { subject, plain } = world
  const { sharing } = storeOf(world, planned.who)
  switch (planned.kind) {
    case 'write':
      return carryOutWrite(planned, world)
    case 'claim': {
      const { limit } = planned
      const wanted = planned.commands === undefined ? {} : { commands: planned.commands }
      const query = { channel: planned.channel, dueBy: longAgo, limit, ...wanted }
      const possible = plain.claimable(planned.who, planned.channel, planned.commands)
      const claimed = idsOf(await sharing.claimOutbox(query))
      expect(claimed.length).toBeLessThanOrEqual(limit)
      if (possible.length > 0) expect(claimed, 'something could be claimed').not.toEqual([])
      for (const id of claimed) expect(plain.claim(id, planned.who), `${id} is allowed`).toBe(true)
      return
    }
    case 'release': {
      const ids = idsIn(planned.numbers)
      await sharing.releaseOutbox(ids)
      return plain.release(planned.who, (id) => ids.includes(id))
    }
    case 'keep': {
      const kept = idsIn(planned.numbers)
      await sharing.releaseOutboxExcept(planned.channel, kept)
      return plain.release(
        planned.who,
        (id, rowChannel) => rowChannel === planned.channel && !kept.includes(id),
      )
    }
    case 'reserve': {
      const ids = idsIn(planned.numbers)
      const there = await sharing.reserveOutbox(ids, startAt + planned.delay)
      const expected = plain.ids().filter((id) => ids.includes(id))
      expect(there.toSorted()).toEqual(expected.toSorted())
      for (const id of ids) plain.reserve(id, startAt + planned.delay)
      return
    }
    case 'renew': {
      const { kept, replicas } = await sharing.renew()
      expect(kept).toBe(plain.isAlive(planned.who))
      plain.beginLease(planned.who)
      const alive = replicaIds.filter((id) => plain.isAlive(id))
      expect(replicas.map(({ id }) => id)).toEqual(alive)
      return
    }
    case 'die':
      await subject.endLease(planned.who)
      return plain.endLease(planned.who)
  }
}

async function carryOutWrite(planned: Write, world: World): Promise<void> {
  const { plain, revisions } = world
  const { who: replica, execution: id } = planned
  const revision = revisions.get(id) ?? 0
  revisions.set(id, revision + 1)
  const wasOpen = plain.openChannels(id)
  const commandId = (n: number): string => `${id}:${n}`
  const remove = planned.remove.map(commandId)
  const postponed = planned.postpone === undefined ? [] : [planned.postpone]
  const puts = putsOf(planned, plain).map(({ n, claims, isAlso, ...rest }) =>
    freeOf(id, n, {
      ...rest,
      purpose: isAlso ? 'also' : 'activity',
      ...(claims && { claim: true as const }),
    }),
  )
  const [result] = await storeOf(world, replica).commit([
    writeOf(executionOf(id, { revision: revision + 1 }), {
      outbox: {
        remove,
        put: puts,
        postpone: postponed.map(({ n, isDue }) => ({
          commandId: commandId(n),
          dueAt: isDue ? longAgo : notSoon,
          attempt: 2,
        })),
      },
    }),
  ])
  for (const removed of remove) plain.remove(removed)
  for (const { n, isDue } of postponed) plain.postpone(commandId(n), isDue)
  const claimed = puts.map((command) => plain.put(replica, command))
  expect(result?.kind).toBe('committed')
  if (result?.kind !== 'committed') return
  expect(puts.map((_, index) => result.claimed?.[index] ?? false)).toEqual(claimed)
  const isOpen = plain.openChannels(id)
  const told = result.unclaimedChannels ?? []
  const opened = isOpen.filter((name) => !wasOpen.includes(name))
  expect(told, 'what became open is told').toEqual(expect.arrayContaining([...opened]))
  const anyClaimable = (name: string): boolean =>
    replicaIds.some((other) =>
      plain.claimable(other, name).some((claimable) => plain.idsOf(id).includes(claimable)),
    )
  if (replicaIds.every((other) => plain.isAlive(other))) {
    expect(
      told.filter((name) => !anyClaimable(name)),
      'nothing else is told',
    ).toEqual([])
  }
}

/** What is put again comes alone: whether its old place holds up what is put beside it is left open. */
function putsOf({ execution, put: planned }: Write, plain: PlainClaims): Write['put'] {
  const there = plain.idsOf(execution)
  const again = planned.filter(({ n }) => there.includes(`${execution}:${n}`))
  return again.length === 0 ? planned : again.slice(0, 1)
}

async function compare(world: World): Promise<void> {
  const { plain, stores } = world
  const ids = executionIds.flatMap((id) => [0, 1, 2, 3, 4].map((n) => `${id}:${n}`))
  for (const [replica, { sharing }] of stores) {
    const owned = idsOf(await sharing.readClaimed(ids))
    expect(owned.toSorted(), `${replica} has`).toEqual([...plain.ownedBy(replica)].toSorted())
  }
  const rows = await storeOf(world, 'a').readOutboxCommands(ids)
  const reservations = rows.map((row) => [row.commandId, row.reservedUntil] as const)
  expect(new Map(reservations)).toEqual(plain.reservations())
}

function storeOf({ stores }: World, replica: string): SharedStore {
  const store = stores.get(replica)
  if (store === undefined) throw new Error(`there is no store of ${replica}`)
  return store
}

/** Commands of all executions with these numbers. */
function idsIn(taken: readonly number[]): readonly string[] {
  return executionIds.flatMap((id) => taken.map((n) => `${id}:${n}`))
}
