import type { DeadLetter, NewDeadLetter } from '../store.ts'

/** Messages that could not be applied, by number. */
export class MemoryDeadLetters {
  /** In the order of their numbers. */
  readonly #lettersByNumber = new Map<number, DeadLetter>()
  readonly #places = new Set<string>()
  #lastNumber = 0

  put(letters: readonly NewDeadLetter[]): void {
    for (const letter of letters) {
      const place = placeOf(letter)
      if (this.#places.has(place)) continue
      this.#places.add(place)
      const number = ++this.#lastNumber
      this.#lettersByNumber.set(number, { ...letter, headers: { ...letter.headers }, number })
    }
  }

  list(channel: string | undefined, before: number, limit: number): readonly DeadLetter[] {
    return [...this.#lettersByNumber.values()]
      .toReversed()
      .filter((letter) => letter.number < before)
      .filter((letter) => channel === undefined || letter.channel === channel)
      .slice(0, limit)
  }

  read(numbers: readonly number[]): readonly DeadLetter[] {
    return [...new Set(numbers)]
      .map((number) => this.#lettersByNumber.get(number))
      .filter((letter) => letter !== undefined)
  }

  remove(numbers: readonly number[]): number {
    const found = this.read(numbers)
    for (const letter of found) {
      this.#lettersByNumber.delete(letter.number)
      this.#places.delete(placeOf(letter))
    }
    return found.length
  }

  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { channel } of this.#lettersByNumber.values()) {
      counts.set(channel, (counts.get(channel) ?? 0) + 1)
    }
    return counts
  }
}

function placeOf({ channel, source, position }: NewDeadLetter): string {
  return JSON.stringify([channel, source, position])
}
