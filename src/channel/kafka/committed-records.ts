import type { Consumer } from '@platformatic/kafka'

/** The client does not export these by name. */
type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>
type Partition = FetchResponse['responses'][number]['partitions'][number]
type Batch = NonNullable<Partition['records']>[number]

/** What is read of a batch here. */
export type BatchHead = Pick<Batch, 'attributes' | 'firstOffset' | 'lastOffsetDelta' | 'producerId'>

const transactional = 0x10
const control = 0x20

/**
 * The batches whose records count: no markers of transactions, and nothing that its producer has taken
 * back. The client filters too, but lets through what was aborted when the marker is not in the same
 * answer, when a producer has aborted twice, and when another partition of the answer has an error.
 */
export function committedOf<Found extends BatchHead>(
  batches: readonly Found[],
  abortedTransactions: Partition['abortedTransactions'],
): readonly Found[] {
  const toCome = (abortedTransactions ?? []).toSorted((a, b) =>
    Number(a.firstOffset - b.firstOffset),
  )
  const abortingProducers = new Set<bigint>()
  return batches.filter(({ attributes, firstOffset, lastOffsetDelta, producerId }) => {
    const lastOffset = firstOffset + BigInt(lastOffsetDelta)
    for (let next = toCome[0]; next !== undefined && next.firstOffset <= lastOffset;) {
      abortingProducers.add(next.producerId)
      toCome.shift()
      next = toCome[0]
    }
    if ((attributes & control) !== 0) {
      abortingProducers.delete(producerId)
      return false
    }
    return (attributes & transactional) === 0 || !abortingProducers.has(producerId)
  })
}
