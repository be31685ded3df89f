import type { Channel, ChannelHost } from '../../../src/channel/channel.ts'
import { createExecutionLanes } from '../../../src/channel/execution-lanes.ts'
import { createEventIntake } from '../../../src/channel/kafka/event-intake.ts'
import {
  createPartitionReader,
  type PartitionReader,
} from '../../../src/channel/kafka/partition-reader.ts'
import { createPauses } from '../../../src/channel/pauses.ts'
import { createPositionKeeper } from '../../../src/channel/kafka/position-keeper.ts'
import type { OutboxCommand } from '../../../src/store/store.ts'
import type { SimulatedProcess } from '../replicas/process.ts'
import type { World } from '../world.ts'
import { type Broker, partitionOf } from './broker.ts'
import type { Group, Member } from './group.ts'

export const logChannelName = 'post'

export interface LogChannelDeps {
  readonly world: World
  readonly process: SimulatedProcess
  readonly broker: Broker
  readonly group: Group
  /** What a partition is called; one that is called otherwise after a restart is a planted mistake. */
  readonly sourceOf: (partition: number, process: string) => string
}

export const logWindowCommands = 100
const fetchMs = 200
const recordsPerFetch = 20
const inHandMax = 30
const saveMs = 1_000
const memberMs = 1_000

/**
 * A channel over the simulated broker. What reads partitions, hands events to the engine, keeps their
 * order and saves positions is the code of the Kafka channel; broker, group and producer are simulated.
 */
export function createLogChannel(deps: LogChannelDeps): Channel {
  const { world, process, broker, group } = deps
  const { schedule } = process.clock
  const { tape, coverage, weather } = world
  const stream = `log ${process.name.split('.')[0]}`
  const pauses = createPauses(schedule)
  const readers = new Map<number, PartitionReader>()
  const held = new Map<string, Item>()
  const lanes = createExecutionLanes<Item>()
  let host: ChannelHost | undefined
  let isStopped = false
  let newestDivision = 0
  const member: Member = {
    name: process.name,
    isResponsive: () => process.isRunning() && !isStopped,
    assign: (own, division) => process.enter(() => void assign(own, division)),
  }

  function delayMs(): number {
    return weather.networkDelayMaxMs === 0 ? 1 : 1 + tape.draw(stream, weather.networkDelayMaxMs)
  }

  function openReading(startedHost: ChannelHost): void {
    const keeper = createPositionKeeper(startedHost)
    const intake = createEventIntake({
      host: startedHost,
      unknownExecutions: 'dead-letter',
      pauses,
      onSettled: () => intake.takeFrom(readers.values()),
      onStoreFailure: () => {},
    })
    begin = (partition, position) => {
      const source = deps.sourceOf(partition, process.name)
      const reader = createPartitionReader(
        { source, topic: 'events', partition },
        position,
        inHandMax,
      )
      keeper.begin(reader)
      readers.set(partition, reader)
    }
    end = (partition, reader) => {
      readers.delete(partition)
      keeper.end(reader)
      reader.close()
    }
    const fetch = (): void => {
      if (isStopped) return
      for (const reader of readers.values()) fetchFor(reader, () => intake.takeFrom([reader]))
      schedule(fetchMs, fetch)
    }
    const save = (): void => {
      if (isStopped) return
      keeper.save(readers.values()).then(
        () => schedule(saveMs, save),
        () => schedule(saveMs, save),
      )
    }
    fetch()
    schedule(saveMs, save)
  }

  let begin = (_partition: number, _position: number): void => {}
  let end = (_partition: number, _reader: PartitionReader): void => {}
  const fetching = new Set<PartitionReader>()

  function fetchFor(reader: PartitionReader, onRecords: () => void): void {
    if (!reader.wantsMore() || fetching.has(reader)) return
    if (broker.length('events', reader.partition) <= reader.next()) return
    fetching.add(reader)
    world.clock.schedule(delayMs(), () =>
      process.enter(() => {
        fetching.delete(reader)
        if (reader.isClosed()) return
        const records = broker.read('events', reader.partition, reader.next(), recordsPerFetch)
        const last = records.at(-1)
        if (last === undefined) return
        reader.add(records, last.position + 1)
        onRecords()
      }),
    )
  }

  /** What a division says that came late is told by its number. */
  async function assign(own: readonly number[], division: number): Promise<void> {
    if (division < newestDivision || isStopped) return
    newestDivision = division
    for (const [partition, reader] of readers) {
      if (!own.includes(partition)) end(partition, reader)
    }
    const missing = own.filter((partition) => !readers.has(partition))
    if (missing.length === 0) return
    const stored = await host?.readPositions().catch(() => undefined)
    if (stored === undefined) {
      schedule(500, () => void assign(own, division))
      return
    }
    if (division < newestDivision || isStopped) return
    for (const partition of missing) {
      if (readers.has(partition)) continue
      const position = (stored.get(deps.sourceOf(partition, process.name)) ?? -1) + 1
      if (position < broker.length('events', partition)) coverage.count('partitions taken over')
      begin(partition, position)
    }
  }

  /** As a client whose membership has ended does: it joins again. */
  function keepMembership(): void {
    if (isStopped) return
    group.join(member)
    schedule(memberMs, keepMembership)
  }

  function send(item: Item): void {
    const { command } = item
    const fails = tape.chance(stream, weather.requestLossPermille)
    const isAppended = !fails || tape.draw(stream, 2) === 1
    world.clock.schedule(delayMs(), () => {
      if (isAppended) appendCommand(command)
      world.clock.schedule(delayMs(), () => process.enter(() => void sent(item, fails)))
    })
  }

  function appendCommand({ commandId, executionId, command, data, flow }: OutboxCommand): void {
    broker.append('commands', partitionOf(executionId), {
      key: Buffer.from(executionId),
      value: Buffer.from(JSON.stringify({ messageLabel: command, messagePayload: data })),
      headers: [
        [Buffer.from('message-id'), Buffer.from(commandId)],
        [Buffer.from('flow'), Buffer.from(flow)],
      ],
    })
  }

  async function sent(item: Item, failed: boolean): Promise<void> {
    const { commandId } = item.command
    if (item.isGone) return
    if (failed) {
      coverage.count('commands sent again to a log')
      schedule(200, () => {
        if (!item.isGone && !isStopped) send(item)
      })
      return
    }
    try {
      await host?.report([{ kind: 'accepted', commandId }])
      remove(item)
    } catch {
      // The store was away: it is reported again.
      schedule(500, () => void sent(item, false))
    }
  }

  function remove(item: Item): void {
    if (item.isGone) return
    item.isGone = true
    held.delete(item.command.commandId)
    const next = lanes.leave(item)
    if (next !== undefined) send(next)
    host?.roomAgain()
  }

  return {
    name: logChannelName,
    type: 'kafka',
    windowCommands: logWindowCommands,
    async start(newHost) {
      host = newHost
      openReading(newHost)
      keepMembership()
    },
    deliver(commands) {
      for (const command of commands) {
        if (held.has(command.commandId)) continue
        const item: Item = { command, isGone: false }
        held.set(command.commandId, item)
        if (lanes.enter(item)) send(item)
      }
    },
    withdraw(commandIds) {
      for (const id of commandIds) {
        const item = held.get(id)
        if (item !== undefined) remove(item)
      }
    },
    held: () => held.size,
    holds: (id) => held.has(id),
    demand: () => ({ max: isStopped ? 0 : logWindowCommands - held.size }),
    trouble: () => undefined,
    surplus: () => [],
    async stop() {
      isStopped = true
      pauses.end()
      group.leave(member)
    },
  }
}

interface Item {
  readonly command: OutboxCommand
  isGone: boolean
}
