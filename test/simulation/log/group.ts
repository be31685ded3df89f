import type { World } from '../world.ts'
import { partitions } from './broker.ts'

/** Who reads which partition of the events: the members of a consumer group. */
export interface Group {
  join(member: Member): void
  leave(member: Member): void
  /** Divides the partitions anew, in another way than before. */
  rebalance(): void
}

export interface Member {
  readonly name: string
  /** A member that does not answer for long is taken for dead. */
  readonly isResponsive: () => boolean
  /** Told after a while, and perhaps after the next one was told. */
  readonly assign: (partitions: readonly number[], division: number) => void
}

const sessionMs = 3_000
const stream = 'group'

export function createGroup(world: World): Group {
  const { clock, tape, story, coverage } = world
  const members = new Set<Member>()
  const missedSince = new Map<Member, number>()
  let shift = 0
  let divisions = 0

  function divide(): void {
    coverage.count('partitions divided anew')
    const all = [...members]
    divisions += 1
    const division = divisions
    for (const [index, member] of all.entries()) {
      const own = Array.from({ length: partitions }, (_, partition) => partition).filter(
        (partition) => (partition + shift) % all.length === index,
      )
      const delayMs = world.weather.networkDelayMaxMs === 0 ? 0 : tape.draw(stream, 1_500)
      clock.schedule(delayMs, () => {
        if (!members.has(member)) return
        story.tell(member.name, `reads partitions ${own.join(', ') || 'none'}`)
        member.assign(own, division)
      })
    }
  }

  function watch(): void {
    for (const member of members) {
      if (member.isResponsive()) {
        missedSince.delete(member)
        continue
      }
      const since = missedSince.get(member) ?? clock.now()
      missedSince.set(member, since)
      if (clock.now() - since < sessionMs) continue
      missedSince.delete(member)
      members.delete(member)
      story.tell(member.name, 'is no member of the group any more')
      divide()
    }
  }

  return {
    join(member) {
      if (members.has(member)) return
      members.add(member)
      divide()
    },
    leave(member) {
      if (members.delete(member)) divide()
    },
    rebalance() {
      watch()
      shift += 1
      divide()
    },
  }
}
