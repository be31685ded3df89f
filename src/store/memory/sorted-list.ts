/** Where an item stands in its list: by time or number first, then by a number that is never equal. */
export interface Position {
  readonly major: number
  readonly minor: number
}

/** Long enough that there are few chunks, short enough that moving the items of one is nothing. */
const chunkItems = 512

/** Items in order; finding, adding and removing one costs the logarithm and a short move. */
export class SortedList<Item extends Position> {
  readonly #chunks: Item[][] = []

  add(item: Item): void {
    const chunkIndex = Math.min(this.#chunkAt(item), this.#chunks.length - 1)
    const chunk = this.#chunks[chunkIndex]
    if (chunk === undefined) {
      this.#chunks.push([item])
      return
    }
    chunk.splice(firstNotBefore(chunk, item), 0, item)
    if (chunk.length > chunkItems) {
      this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(chunkItems / 2))
    }
  }

  remove(position: Position): void {
    const chunkIndex = this.#chunkAt(position)
    const chunk = this.#chunks[chunkIndex]
    if (chunk === undefined) return
    const index = firstNotBefore(chunk, position)
    const found = chunk[index]
    if (found === undefined || compare(found, position) !== 0) return
    chunk.splice(index, 1)
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1)
  }

  /** Items after a position, in order; all without one. */
  *after(position?: Position): Generator<Item> {
    const start = position === undefined ? 0 : this.#chunkAt(position)
    for (let chunkIndex = start; chunkIndex < this.#chunks.length; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex] ?? []
      let index =
        position !== undefined && chunkIndex === start ? firstNotBefore(chunk, position) : 0
      for (; index < chunk.length; index++) {
        const item = chunk[index]
        if (item === undefined) return
        if (position === undefined || compare(item, position) > 0) yield item
      }
    }
  }

  /** Items before a position, the last one first; all without one. */
  *before(position?: Position): Generator<Item> {
    const last = this.#chunks.length - 1
    const start = position === undefined ? last : Math.min(this.#chunkAt(position), last)
    for (let chunkIndex = start; chunkIndex >= 0; chunkIndex--) {
      const chunk = this.#chunks[chunkIndex] ?? []
      for (let index = chunk.length - 1; index >= 0; index--) {
        const item = chunk[index]
        if (item === undefined) return
        if (position === undefined || compare(item, position) < 0) yield item
      }
    }
  }

  first(): Item | undefined {
    return this.#chunks[0]?.[0]
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0
  }

  /** The first chunk whose last item is not before the position; their number if there is none. */
  #chunkAt(position: Position): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const last = this.#chunks[middle]?.at(-1)
      if (last !== undefined && compare(last, position) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

function firstNotBefore(chunk: readonly Position[], position: Position): number {
  let low = 0
  let high = chunk.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = chunk[middle]
    if (item !== undefined && compare(item, position) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function compare(left: Position, right: Position): number {
  return left.major - right.major || left.minor - right.minor
}
