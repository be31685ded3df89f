import { limits } from '../../kernel/limits.ts'
import type { NewDeadLetter } from '../../store/store.ts'
import type { ChannelHost, InboundAnswer, InboundEvent } from '../channel.ts'
import type { PartitionReader, PlacedRecord } from './partition-reader.ts'
import type { Pauses } from '../pauses.ts'
import { letterOf, readRecord } from './read-record.ts'

/** Brings records to the engine: many at once, those of one execution and source one after the other. */
export interface EventIntake {
  /** Takes over what the readers have, as far as there is room. */
  takeFrom(readers: Iterable<PartitionReader>): void
}

export interface IntakeSurroundings {
  readonly host: Pick<ChannelHost, 'now' | 'receive' | 'putDeadLetters'>
  readonly unknownExecutions: 'dead-letter' | 'ignore'
  readonly pauses: Pauses
  /** There is room again, and more is settled. */
  readonly onSettled: () => void
  readonly onStoreFailure: (error: unknown) => void
}

interface Intake {
  readonly event: InboundEvent
  readonly record: PlacedRecord
  readonly reader: PartitionReader
}

type Letter = Omit<NewDeadLetter, 'channel'>

const repeatFirstMs = 100
const repeatMaxMs = 5_000

export function createEventIntake(surroundings: IntakeSurroundings): EventIntake {
  const { host, pauses, onSettled, onStoreFailure } = surroundings
  /** Events of one execution and source; the first is at the engine, or ready to go there. */
  const linesByLane = new Map<string, Intake[]>()
  let ready: Intake[] = []
  let letters: { readonly letter: Letter; readonly reader: PartitionReader }[] = []
  let isFlushScheduled = false
  let inHand = 0

  function take(reader: PartitionReader, record: PlacedRecord): void {
    inHand += 1
    const read = readRecord(record)
    if (read.kind === 'poison') {
      refuse(reader, record, read)
      return
    }
    const origin = { source: reader.source, position: record.position }
    enter({ event: { ...read.event, origin }, record, reader })
  }

  function enter(intake: Intake): void {
    const lane = laneOf(intake)
    const line = linesByLane.get(lane)
    if (line === undefined) {
      linesByLane.set(lane, [intake])
      ready.push(intake)
    } else {
      line.push(intake)
    }
  }

  function refuse(
    reader: PartitionReader,
    record: PlacedRecord,
    { code, detail }: { readonly code: string; readonly detail: string },
  ): void {
    const { position } = record
    const { source } = reader
    const letter = { source, position, receivedAt: host.now(), code, detail, ...letterOf(record) }
    letters.push({ letter, reader })
  }

  function flushSoon(): void {
    if (isFlushScheduled || (ready.length === 0 && letters.length === 0)) return
    isFlushScheduled = true
    setImmediate(() => {
      isFlushScheduled = false
      flush()
    })
  }

  function flush(): void {
    const events = ready
    const refused = letters
    ready = []
    letters = []
    for (let at = 0; at < events.length; at += limits.batchMessages) {
      void bring(events.slice(at, at + limits.batchMessages))
    }
    for (let at = 0; at < refused.length; at += limits.batchMessages) {
      void store(refused.slice(at, at + limits.batchMessages))
    }
  }

  async function bring(batch: readonly Intake[]): Promise<void> {
    const answers = await untilDone(() => host.receive(batch.map(({ event }) => event)))
    if (answers === undefined) return
    for (const [index, intake] of batch.entries()) settle(intake, answers[index])
    finishTurn()
  }

  function settle(intake: Intake, answer: InboundAnswer | undefined): void {
    const { reader, record } = intake
    if (answer?.kind === 'refused' && !isForOthers(answer)) refuse(reader, record, answer)
    else settleAt(reader, record.position)
    leave(intake)
  }

  function isForOthers({ code }: { readonly code: string }): boolean {
    return code === 'EXECUTION_NOT_FOUND' && surroundings.unknownExecutions === 'ignore'
  }

  function leave(intake: Intake): void {
    const lane = laneOf(intake)
    const line = linesByLane.get(lane)
    line?.shift()
    const next = line?.[0]
    if (next === undefined) linesByLane.delete(lane)
    else ready.push(next)
  }

  async function store(batch: typeof letters): Promise<void> {
    const stored = await untilDone(async () => {
      await host.putDeadLetters(batch.map(({ letter }) => letter))
      return true
    })
    if (stored === undefined) return
    for (const { letter, reader } of batch) settleAt(reader, letter.position)
    finishTurn()
  }

  function settleAt(reader: PartitionReader, position: number): void {
    reader.settle(position)
    inHand -= 1
  }

  function finishTurn(): void {
    onSettled()
    flushSoon()
  }

  /** The store may be away: then the same again, later. Absent: all has ended meanwhile. */
  async function untilDone<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
    for (let pauseMs = repeatFirstMs; !pauses.areEnded();) {
      try {
        return await action()
      } catch (error) {
        onStoreFailure(error)
        await pauses.pause(pauseMs)
        pauseMs = Math.min(2 * pauseMs, repeatMaxMs)
      }
    }
    return undefined
  }

  return {
    takeFrom(readers) {
      for (const reader of readers) {
        const room = limits.kafkaMessages - inHand
        for (const record of reader.take(room)) take(reader, record)
      }
      flushSoon()
    },
  }
}

function laneOf({ event, reader }: Intake): string {
  return `${reader.source}\n${event.executionId}`
}
