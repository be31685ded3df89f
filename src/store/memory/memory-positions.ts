/** Per channel and source: how far everything was settled. */
export class MemoryPositions {
  readonly #positionsByChannel = new Map<string, Map<string, number>>()

  read(channel: string): ReadonlyMap<string, number> {
    return new Map(this.#positionsByChannel.get(channel))
  }

  save(channel: string, positions: ReadonlyMap<string, number>): void {
    const stored = this.#positionsByChannel.get(channel) ?? new Map<string, number>()
    this.#positionsByChannel.set(channel, stored)
    for (const [source, position] of positions) {
      stored.set(source, Math.max(stored.get(source) ?? position, position))
    }
  }
}
