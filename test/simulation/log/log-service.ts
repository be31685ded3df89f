import { readRecord } from '../../../src/channel/kafka/read-record.ts'
import type { PlacedRecord } from '../../../src/channel/kafka/partition-reader.ts'
import type { SimFlow } from '../flows/sim-flow.ts'
import type { Services } from '../model/services.ts'
import { messageIdPrefix } from '../model/taken-once.ts'
import type { World } from '../world.ts'
import { type Broker, partitionOf, partitions } from './broker.ts'

export interface LogServiceDeps {
  readonly world: World
  readonly broker: Broker
  readonly services: Services
  readonly flows: readonly SimFlow[]
  readonly isOver: () => boolean
}

const readMs = 150
const stream = 'log service'

/**
 * A service on the log: it reads commands in order, carries each out once, and answers with an event;
 * twice at times, into a partition that others would not choose, or with something that is no event.
 */
export function runLogService(deps: LogServiceDeps): void {
  const { world, broker, services, flows } = deps
  const { clock, tape, coverage, weather } = world
  const places = Array.from({ length: partitions }, () => 0)

  function read(): void {
    if (deps.isOver()) return
    for (const [partition, place] of places.entries()) {
      const records = broker.read('commands', partition, place, 10)
      for (const record of records) take(record)
      places[partition] = place + records.length
    }
    clock.schedule(readMs, read)
  }

  function take(record: PlacedRecord): void {
    const found = readRecord(record)
    if (found.kind !== 'event') {
      world.violations.report('commands on a log can be read', found.detail)
      return
    }
    const { executionId, event: command, messageId: id = '' } = found.event
    const outcome = services.carryOut({ id, command, execution: executionId }, () => {
      const events = flows.flatMap(({ answers }) => answers[command] ?? [])
      if (events.length === 0) return { kind: 'accepted' }
      const isOther = tape.chance(stream, weather.workerFaultPermille / 3)
      return { kind: 'event', event: events[isOther ? tape.draw(stream, events.length) : 0] ?? '' }
    })
    if (outcome.kind === 'accepted') return
    clock.schedule(tape.draw(stream, 300), () => answer(executionId, outcome.event, id))
  }

  function answer(executionId: string, event: string, commandId: string): void {
    const isOdd = tape.chance(stream, weather.workerFaultPermille / 2)
    const oddity = isOdd ? 1 + tape.draw(stream, 5) : 0
    const usual = partitionOf(executionId)
    // Without an id of the message, what is sent twice is two messages.
    const messageId = oddity === 1 ? undefined : `${messageIdPrefix}${commandId}`
    send(executionId, event, messageId, oddity === 2 ? (usual + 1) % partitions : usual)
    if (oddity === 2) coverage.count('messages in an unusual partition')
    if (oddity === 3) {
      coverage.count('messages sent twice to a log')
      send(executionId, event, messageId, tape.draw(stream, partitions))
    }
    if (oddity === 4) {
      coverage.count('messages that cannot be read')
      append(executionId, 'no JSON at all', undefined, usual)
    }
    if (oddity === 5) {
      coverage.count('messages for nobody')
      send('nobody', event, undefined, usual)
    }
  }

  function send(key: string, event: string, messageId: string | undefined, to: number): void {
    const value = { messageLabel: event, messagePayload: { n: tape.draw(stream, 10) } }
    append(key, JSON.stringify(value), messageId, to)
  }

  function append(key: string, value: string, messageId: string | undefined, to: number): void {
    const headers: PlacedRecord['headers'] =
      messageId === undefined ? [] : [[Buffer.from('message-id'), Buffer.from(messageId)]]
    const position = broker.append('events', to, {
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers,
    })
    world.story.tell('log', `has ${value} for ${key} at ${to}@${position}`)
  }

  read()
}
