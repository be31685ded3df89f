import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { rowsOf } from './connection.ts'

/** Reads and writes how far the sources of a channel were settled. */
export class PositionRows {
  readonly #select: StatementSync
  readonly #save: StatementSync

  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT source, position FROM positions WHERE channel = ?')
    this.#save = database.prepare(`
      INSERT INTO positions (channel, source, position) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET position = max(position, excluded.position)`)
  }

  read(channel: string): ReadonlyMap<string, number> {
    const rows = rowsOf<{ source: string; position: number }>(this.#select, channel)
    return new Map(rows.map(({ source, position }) => [source, position]))
  }

  /** Belongs inside a transaction. */
  save(channel: string, positions: ReadonlyMap<string, number>): void {
    for (const [source, position] of positions) this.#save.run(channel, source, position)
  }
}
