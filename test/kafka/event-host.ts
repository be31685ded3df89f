import {
  createRecordingHost,
  type RecordingHost,
} from '../../src/channel/contract/recording-host.ts'
import type { Channel, InboundAnswer, InboundEvent } from '../../src/channel/channel.ts'
import type { NewDeadLetter } from '../../src/store/store.ts'

/** The store's part that channels need: it outlives a channel, as the real one outlives a process. */
export interface EventMemory {
  readonly positions: Map<string, number>
  readonly letters: Omit<NewDeadLetter, 'channel'>[]
}

/** An engine as the reader of a channel sees it. */
export interface EventHost extends RecordingHost {
  /** Every event, in the order in which it was passed on and taken. */
  readonly events: readonly InboundEvent[]
  /** How many are passed on and not answered. */
  pending(): number
  /** Events are not answered from now on, until `goOn`. */
  hold(): void
  goOn(): void
  /** The store is away: everything is refused, until it is back. */
  setAway(isAway: boolean): void
  answerWith(answer: (event: InboundEvent) => InboundAnswer): void
}

export function createEventMemory(): EventMemory {
  return { positions: new Map(), letters: [] }
}

export function createEventHost(channel: Channel, memory: EventMemory): EventHost {
  const events: InboundEvent[] = []
  let pending = 0
  let isAway = false
  let gate: PromiseWithResolvers<void> | undefined
  let answer: (event: InboundEvent) => InboundAnswer = () => ({ kind: 'applied' })

  function requireStore(): void {
    if (isAway) throw new Error('the store is away')
  }

  return {
    ...createRecordingHost(channel, Date.now),
    events,
    pending: () => pending,
    hold() {
      gate ??= Promise.withResolvers()
    },
    goOn() {
      gate?.resolve()
      gate = undefined
    },
    setAway(newIsAway) {
      isAway = newIsAway
    },
    answerWith(newAnswer) {
      answer = newAnswer
    },
    async receive(received) {
      pending += received.length
      try {
        await gate?.promise
        requireStore()
        events.push(...received)
        return received.map((event) => answer(event))
      } finally {
        pending -= received.length
      }
    },
    async readPositions() {
      requireStore()
      return new Map(memory.positions)
    },
    async savePositions(positions) {
      requireStore()
      for (const [source, position] of positions) {
        memory.positions.set(source, Math.max(position, memory.positions.get(source) ?? position))
      }
    },
    async putDeadLetters(letters) {
      requireStore()
      for (const letter of letters) {
        const isKnown = memory.letters.some(
          ({ source, position }) => source === letter.source && position === letter.position,
        )
        if (!isKnown) memory.letters.push(letter)
      }
    },
  }
}
