import type { Connections } from './connections.ts'
import { decodeName, encodeName } from './names.ts'

/** Reads and writes how far the sources of a channel were settled. */
export class PositionRows {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async read(channel: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#connections.read<{ source: string; position: number }>({
      name: 'read positions',
      text: 'SELECT source, position FROM positions WHERE channel = $1 ORDER BY source',
      values: [encodeName(channel)],
    })
    return new Map(rows.map(({ source, position }) => [decodeName(source), position]))
  }

  /** A crash may lose them: what is read twice is a duplicate. */
  async save(channel: string, positions: ReadonlyMap<string, number>): Promise<void> {
    if (positions.size === 0) return
    const entries = [...positions]
      .map(([source, position]) => ({ source: encodeName(source), position }))
      // In one order, so that two that save the same sources do not lock each other out.
      .toSorted((left, right) => (left.source < right.source ? -1 : 1))
    await this.#connections.write(
      {
        name: 'save positions',
        text: `INSERT INTO positions (channel, source, position)
          SELECT $1, source, position FROM unnest($2::text[], $3::bigint[]) AS given (source, position)
          ON CONFLICT (channel, source) DO UPDATE SET position = excluded.position
            WHERE positions.position < excluded.position`,
        values: [
          encodeName(channel),
          entries.map(({ source }) => source),
          entries.map(({ position }) => position),
        ],
      },
      'lazy',
    )
  }
}
