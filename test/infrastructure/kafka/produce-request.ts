import { Reader, readRecordsBatches, Writer } from '@platformatic/kafka'

export const produceApiKey = 0
/** From this version on, lengths are compact and fields can be tagged. */
const flexibleVersion = 9

export interface ProducedRecord {
  readonly topic: string
  readonly partition: number
  readonly key: string | undefined
  readonly value: string | undefined
  readonly headers: ReadonlyMap<string, string>
}

export interface ProduceRequest {
  readonly correlationId: number
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
  readonly records: readonly ProducedRecord[]
}

/** A Produce request of version 9 to 12 (https://kafka.apache.org/protocol). */
export function readProduce(frame: Buffer): ProduceRequest {
  const reader = Reader.from(frame.subarray(4))
  reader.readInt16()
  const version = reader.readInt16()
  if (version < flexibleVersion) throw new Error(`expected version 9 or later, found ${version}`)
  const correlationId = reader.readInt32()
  reader.readNullableString(false)
  reader.readTaggedFields()
  reader.readNullableString()
  reader.readInt16()
  reader.readInt32()
  const records: ProducedRecord[] = []
  const topics = reader.readArray((ofTopic) => {
    const name = ofTopic.readString()
    const partitions = ofTopic.readArray((ofPartition) => {
      const partition = ofPartition.readInt32()
      const batches = readRecordsBatches(Reader.from(ofPartition.readBytes()))
      for (const { key, value, headers } of batches.flatMap((batch) => batch.records)) {
        records.push({
          topic: name,
          partition,
          key: key?.toString(),
          value: value?.toString(),
          headers: new Map(headers.map(([k, v]) => [k?.toString() ?? '', v?.toString() ?? ''])),
        })
      }
      return partition
    })
    return { name, partitions }
  })
  return { correlationId, topics, records }
}

/** The broker's answer that none of it was stored. */
export function refusalOf({ correlationId, topics }: ProduceRequest, errorCode: number): Buffer {
  return Writer.create()
    .appendInt32(correlationId)
    .appendTaggedFields()
    .appendArray([...topics], (w, { name, partitions }) => {
      w.appendString(name).appendArray([...partitions], (w, partition) => {
        w.appendInt32(partition)
          .appendInt16(errorCode)
          .appendInt64(-1n)
          .appendInt64(-1n)
          .appendInt64(-1n)
          .appendArray([], () => {})
          .appendString(null)
      })
    })
    .appendInt32(0)
    .appendTaggedFields()
    .prependLength().buffer
}
