import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { DeadLetter, NewDeadLetter } from '../store.ts'
import { rowOf, rowsOf } from './connection.ts'

type Row = Omit<DeadLetter, 'key' | 'headers'> & {
  readonly key: string | null
  readonly headers: string
}

const columns = `number, channel, source, position, received_at AS receivedAt, code, detail, key,
  value, encoding, headers`

/** Reads and writes messages that could not be applied. Writing belongs inside a transaction. */
export class DeadLetterRows {
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #select: StatementSync
  readonly #selectPlace: StatementSync
  readonly #selectPage: StatementSync
  readonly #selectPageOfChannel: StatementSync
  readonly #selectCounts: StatementSync
  readonly #addCount: StatementSync
  readonly #giveNumber: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(`
      INSERT INTO dead_letters (number, channel, source, position, received_at, code, detail, key,
        value, encoding, headers)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#delete = database.prepare('DELETE FROM dead_letters WHERE number = ?')
    this.#select = database.prepare(`SELECT ${columns} FROM dead_letters WHERE number = ?`)
    this.#selectPlace = database.prepare(
      'SELECT 1 FROM dead_letters WHERE channel = ? AND source = ? AND position = ?',
    )
    this.#selectPage = database.prepare(
      `SELECT ${columns} FROM dead_letters WHERE number < ? ORDER BY number DESC LIMIT ?`,
    )
    this.#selectPageOfChannel = database.prepare(`
      SELECT ${columns} FROM dead_letters INDEXED BY dead_letters_by_channel
      WHERE channel = ? AND number < ? ORDER BY number DESC LIMIT ?`)
    this.#selectCounts = database.prepare(
      'SELECT channel, count FROM dead_letter_counts WHERE count > 0',
    )
    this.#addCount = database.prepare(`
      INSERT INTO dead_letter_counts (channel, count) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`)
    // A number is never given twice: somebody may still look at the page it stood on.
    this.#giveNumber = database.prepare(`
      INSERT INTO sequences (name, value) VALUES ('dead-letters', 1)
      ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`)
  }

  put(letters: readonly NewDeadLetter[]): void {
    for (const letter of letters) {
      const { channel, source, position } = letter
      if (this.#selectPlace.get(channel, source, position) === undefined) this.#put(letter)
    }
  }

  list(channel: string | undefined, before: number, limit: number): readonly DeadLetter[] {
    const rows =
      channel === undefined
        ? rowsOf<Row>(this.#selectPage, before, limit)
        : rowsOf<Row>(this.#selectPageOfChannel, channel, before, limit)
    return rows.map(letterOf)
  }

  read(numbers: readonly number[]): readonly DeadLetter[] {
    return [...new Set(numbers)]
      .map((number) => rowOf<Row>(this.#select, number))
      .filter((row) => row !== undefined)
      .map(letterOf)
  }

  remove(numbers: readonly number[]): number {
    const found = this.read(numbers)
    for (const { number, channel } of found) {
      this.#delete.run(number)
      this.#addCount.run(channel, -1)
    }
    return found.length
  }

  counts(): ReadonlyMap<string, number> {
    const rows = rowsOf<{ channel: string; count: number }>(this.#selectCounts)
    return new Map(rows.map(({ channel, count }) => [channel, count]))
  }

  #put(letter: NewDeadLetter): void {
    const given = rowOf<{ value: number }>(this.#giveNumber)
    if (given === undefined) throw new Error('the number of a dead letter was not returned')
    this.#insert.run(
      given.value,
      letter.channel,
      letter.source,
      letter.position,
      letter.receivedAt,
      letter.code,
      letter.detail,
      letter.key ?? null,
      letter.value,
      letter.encoding,
      JSON.stringify(letter.headers),
    )
    this.#addCount.run(letter.channel, 1)
  }
}

function letterOf({ key, headers, ...rest }: Row): DeadLetter {
  const letter = { ...rest, headers: JSON.parse(headers) as DeadLetter['headers'] }
  return key === null ? letter : { ...letter, key }
}
