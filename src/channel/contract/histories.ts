import fc from 'fast-check'
import { expect } from 'vitest'
import { commandOf } from './builders.ts'
import { createRecordingHost } from './recording-host.ts'
import type { Attempt, ChannelSubject, OpenSubject, Promised } from './subject.ts'

/** One step; numbers choose among what is there when it is taken. */
type Step =
  | { readonly kind: 'deliver'; readonly execution: number; readonly isSide: boolean }
  | { readonly kind: 'redeliver' | 'withdraw' | 'accept' | 'fail'; readonly choice: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      execution: fc.nat(2),
      isSide: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('redeliver', 'withdraw', 'accept', 'accept', 'fail'),
      choice: fc.nat(20),
    }) as fc.Arbitrary<Step>,
  },
)

export function historyPromises(promised: Promised, open: OpenSubject): void {
  promised('whatever comes in whatever order, C1 to C5 hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const subject = await open()
        try {
          await runHistory(subject, steps)
        } finally {
          await subject.cleanup()
        }
      }),
      { numRuns: 60 },
    )
  })
}

/** What the model knows of a command. */
interface Known {
  readonly id: string
  readonly execution: string
  readonly isSide: boolean
  state: 'waiting' | 'under-way' | 'abandoned' | 'closed'
}

async function runHistory(subject: ChannelSubject, steps: readonly Step[]): Promise<void> {
  const { channel, receiver, now } = subject
  const host = createRecordingHost(channel, now)
  await channel.start(host)
  const known: Known[] = []
  const inHand = new Map<Known, Attempt>()
  let ended = 0

  const isHeld = ({ state }: Known): boolean => state !== 'closed'
  /** Those that must be at the receiver: the first of each execution's line, and the side commands. */
  const expectedInHand = (): readonly Known[] =>
    known.filter(
      (command) =>
        isHeld(command) &&
        (command.isSide ||
          command ===
            known.find((one) => !one.isSide && isHeld(one) && one.execution === command.execution)),
    )

  async function takeWhatComes(): Promise<void> {
    const fresh = expectedInHand().filter((command) => !inHand.has(command))
    const arrived = [...(await receiver.take(fresh.length)), ...(await receiver.rest())]
    expect(arrived.map(({ id }) => id).toSorted()).toEqual(fresh.map(({ id }) => id).toSorted())
    for (const attempt of arrived) {
      const command = fresh.find(({ id }) => id === attempt.id)
      if (command === undefined) throw new Error(`expected no attempt of ${attempt.id}`)
      command.state = 'under-way'
      inHand.set(command, attempt)
    }
  }

  async function end(choice: number, how: 'accept' | 'fail'): Promise<void> {
    const [command, attempt] = [...inHand][choice % Math.max(1, inHand.size)] ?? []
    if (command === undefined || attempt === undefined) return
    await (how === 'accept' ? attempt.accept() : attempt.fail(true))
    ended += 1
    await host.reported(ended)
    inHand.delete(command)
    command.state = 'closed'
  }

  for (const next of steps) {
    const held = known.filter(isHeld)
    switch (next.kind) {
      case 'deliver': {
        if (held.length >= channel.windowCommands) break
        const n = known.length + 1
        const execution = `e${next.execution}`
        const purpose = next.isSide ? 'also' : 'activity'
        known.push({ id: `${execution}:${n}`, execution, isSide: next.isSide, state: 'waiting' })
        channel.deliver([commandOf(execution, n, { purpose })])
        break
      }
      case 'redeliver': {
        const command = held[next.choice % Math.max(1, held.length)]
        if (command === undefined || command.state === 'abandoned') break
        const n = known.indexOf(command) + 1
        channel.deliver([
          commandOf(command.execution, n, { purpose: command.isSide ? 'also' : 'activity' }),
        ])
        break
      }
      case 'withdraw': {
        const command = held[next.choice % Math.max(1, held.length)]
        if (command === undefined) break
        channel.withdraw([command.id])
        command.state = inHand.has(command) ? 'abandoned' : 'closed'
        break
      }
      case 'accept':
      case 'fail':
        await end(next.choice, next.kind)
    }
    await takeWhatComes()
    expect(channel.held()).toBe(known.filter(isHeld).length)
    expect(channel.held()).toBeLessThanOrEqual(channel.windowCommands)
  }
  while (inHand.size > 0) {
    await end(0, 'accept')
    await takeWhatComes()
  }
  expect(channel.held()).toBe(0)
  expect(host.reports).toHaveLength(ended)
}
