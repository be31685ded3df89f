import type { PlacedRecord } from '../../../src/channel/kafka/partition-reader.ts'

/** A broker of the simulated world: topics with partitions that only grow. */
export interface Broker {
  /** Answers the position. */
  append(topic: Topic, partition: number, record: Omit<PlacedRecord, 'position'>): number
  /** Records from a position on. */
  read(topic: Topic, partition: number, from: number, max: number): readonly PlacedRecord[]
  length(topic: Topic, partition: number): number
}

export type Topic = 'commands' | 'events'

export const partitions = 3

export function createBroker(): Broker {
  const logs: Record<Topic, PlacedRecord[][]> = {
    commands: Array.from({ length: partitions }, () => []),
    events: Array.from({ length: partitions }, () => []),
  }
  const logOf = (topic: Topic, partition: number): PlacedRecord[] => {
    const log = logs[topic][partition]
    if (log === undefined) throw new Error(`expected partition ${partition} of ${topic}`)
    return log
  }
  return {
    append(topic, partition, record) {
      const log = logOf(topic, partition)
      log.push({ ...record, position: log.length })
      return log.length - 1
    },
    read: (topic, partition, from, max) => logOf(topic, partition).slice(from, from + max),
    length: (topic, partition) => logOf(topic, partition).length,
  }
}

/** Where a key belongs, for those who partition as usual. */
export function partitionOf(key: string): number {
  let sum = 0
  for (let index = 0; index < key.length; index += 1) sum += key.charCodeAt(index) * (index + 1)
  return sum % partitions
}
