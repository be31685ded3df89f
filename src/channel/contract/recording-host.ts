import { setImmediate as nextRound } from 'node:timers/promises'
import type { Channel, ChannelHost, DeliveryReport, ReportAnswer } from '../channel.ts'

/** An engine as a channel sees it: it records what is reported, and closes what is settled. */
export interface RecordingHost extends ChannelHost {
  readonly reports: readonly DeliveryReport[]
  /** How often there was room again. */
  rooms(): number
  /** Waits until that many reports have been taken, and the channel has got their answers. */
  reported(count: number): Promise<void>
  /** The store is away: so many reports from now on are refused. */
  refuse(count: number): void
  /** Waits until that many reports have been refused in all. */
  untilRefused(count: number): Promise<void>
  /** Carried out once, between the next report's becoming durable and its answer. */
  whenStored(action: () => void): void
}

/** @param channel told, as the engine does, that what was reported is closed or postponed */
export function createRecordingHost(channel: Channel, now: () => number): RecordingHost {
  const reports: DeliveryReport[] = []
  const watchers = new Set<() => void>()
  let rooms = 0
  let toRefuse = 0
  let refused = 0
  let whenStored: (() => void) | undefined

  async function report(reported: readonly DeliveryReport[]): Promise<readonly ReportAnswer[]> {
    // Commits take their time: nothing is durable within the same step.
    await Promise.resolve()
    if (toRefuse > 0) {
      toRefuse -= 1
      refused += 1
      for (const watcher of watchers) watcher()
      throw new Error('the store is away')
    }
    reports.push(...reported)
    channel.withdraw(reported.map(({ commandId }) => commandId))
    whenStored?.()
    whenStored = undefined
    for (const watcher of watchers) watcher()
    return reported.map(() => ({ applied: true }))
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      watchers.add(resolve)
      await promise
      watchers.delete(resolve)
    }
    await nextRound()
  }

  return {
    now,
    report,
    roomAgain: () => {
      rooms += 1
    },
    mayHandOut: () => true,
    demandGrew: () => {},
    confirm: async (commandIds) => new Map(commandIds.map((id) => [id, 0])),
    reserve: async () => [],
    receive: async (events) => events.map(() => ({ kind: 'applied' })),
    readPositions: async () => new Map(),
    savePositions: async () => {},
    putDeadLetters: async () => {},
    reports,
    rooms: () => rooms,
    reported: (count) => until(() => reports.length >= count),
    refuse: (count) => {
      toRefuse = count
    },
    untilRefused: (count) => until(() => refused >= count),
    whenStored: (action) => {
      whenStored = action
    },
  }
}
