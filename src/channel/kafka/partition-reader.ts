import type { RawRecord } from './read-record.ts'

/** A record with its place in the partition. */
export interface PlacedRecord extends RawRecord {
  readonly position: number
}

/**
 * The place of one partition: what has been fetched, what is being settled, and up to where everything
 * is. It bounds what it holds, in records and in bytes: those handed out, and one answer of the broker
 * ahead of them.
 */
export interface PartitionReader {
  readonly source: string
  readonly topic: string
  readonly partition: number
  /** Where to fetch next. */
  next(): number
  /** Whether there is room for another answer of the broker. */
  wantsMore(): boolean
  /** Takes records that were fetched; `next` is the place behind them. */
  add(records: readonly PlacedRecord[], next: number): void
  /** Goes on at another place because there is nothing at the next one. */
  moveTo(position: number): void
  /** Hands out records in order, as many as there is room for; each is settled later. */
  take(max: number): readonly PlacedRecord[]
  settle(position: number): void
  /** The position up to which, and including which, everything is settled. */
  settledUpTo(): number
  /** How many are handed out behind the settled place. */
  inHand(): number
  /** Forgets what is fetched and not handed out: the partition is given to somebody else. */
  close(): void
  isClosed(): boolean
}

/** Of values: those that are not settled, and again those that are ahead of them. */
const partitionBytesMax = 4 * 1_048_576

export function createPartitionReader(
  place: { readonly source: string; readonly topic: string; readonly partition: number },
  begin: number,
  inHandMax: number,
  bytesMax = partitionBytesMax,
): PartitionReader {
  /** Fetched and not handed out, from `fetchedAt` on. */
  let fetched: readonly PlacedRecord[] = []
  let fetchedAt = 0
  let next = begin
  /** Handed out, in order, from `firstInHand` on. */
  let handedOut: number[] = []
  let firstInHand = 0
  const settledAhead = new Set<number>()
  let waitingBytes = 0
  const bytesByPosition = new Map<number, number>()
  let inHandBytes = 0
  let closed = false

  const waiting = (): number => fetched.length - fetchedAt
  /** With those settled ahead of others: what is read again after a crash is bounded too. */
  const inHand = (): number => handedOut.length - firstInHand

  return {
    ...place,
    next: () => next,
    wantsMore: () => !closed && waiting() < inHandMax / 2 && waitingBytes < bytesMax,
    add(records, newNext) {
      for (const record of records) waitingBytes += bytesOf(record)
      fetched = waiting() === 0 ? records : [...fetched.slice(fetchedAt), ...records]
      fetchedAt = 0
      next = newNext
    },
    moveTo(position) {
      next = position
    },
    take(max) {
      const count = Math.min(max, inHandMax - inHand(), waiting())
      if (closed || count <= 0) return []
      const taken: PlacedRecord[] = []
      for (const record of fetched.slice(fetchedAt, fetchedAt + count)) {
        const bytes = bytesOf(record)
        // One alone may be larger: it has to get through as well.
        if (inHandBytes > 0 && inHandBytes + bytes > bytesMax) break
        bytesByPosition.set(record.position, bytes)
        inHandBytes += bytes
        waitingBytes -= bytes
        taken.push(record)
      }
      fetchedAt += taken.length
      if (waiting() === 0) {
        fetched = []
        fetchedAt = 0
      }
      for (const { position } of taken) handedOut.push(position)
      return taken
    },
    settle(position) {
      settledAhead.add(position)
      inHandBytes -= bytesByPosition.get(position) ?? 0
      bytesByPosition.delete(position)
      while (firstInHand < handedOut.length && settledAhead.delete(handedOut[firstInHand] ?? -1)) {
        firstInHand += 1
      }
      if (firstInHand > inHandMax) {
        handedOut = handedOut.slice(firstInHand)
        firstInHand = 0
      }
    },
    settledUpTo() {
      const first = handedOut[firstInHand] ?? fetched[fetchedAt]?.position ?? next
      return first - 1
    },
    inHand,
    close() {
      closed = true
      next = fetched[fetchedAt]?.position ?? next
      fetched = []
      fetchedAt = 0
      waitingBytes = 0
    },
    isClosed: () => closed,
  }
}

function bytesOf({ value }: PlacedRecord): number {
  return value?.length ?? 0
}
