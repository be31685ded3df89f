/**
 * Whether another living process is in the group under the same name. The broker lets the newer one in
 * and shuts the older one out, who comes back in turn: each is given a new id as a member, again and again.
 */
export interface NameContest {
  /** To be told of every id under which the group has let us in. */
  joined(memberId: string): void
  isGoingOn(): boolean
}

/** One new id may be a replica that was halted, or one that is being replaced. */
const newIdsMin = 2
const withinMs = 30_000

export function createNameContest(now: () => number): NameContest {
  let current: string | undefined
  let changedAt: readonly number[] = []

  const recent = (): readonly number[] => changedAt.filter((at) => now() - at < withinMs)

  return {
    joined(memberId) {
      if (current !== undefined && current !== memberId) changedAt = [...recent(), now()]
      current = memberId
    },
    isGoingOn: () => recent().length >= newIdsMin,
  }
}
