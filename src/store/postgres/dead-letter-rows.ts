import type { DeadLetter, NewDeadLetter } from '../store.ts'
import type { Connections } from './connections.ts'
import { decodeName, decodeNullable, encodeName, encodeNullable } from './names.ts'

type Row = Omit<DeadLetter, 'key' | 'headers'> & {
  readonly key: string | null
  readonly headers: string
}

const columns = `number, channel, source, position, received_at AS "receivedAt", code, detail, key,
  value, encoding, headers`

/** Reads and writes messages that could not be applied. */
export class DeadLetterRows {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async put(letters: readonly NewDeadLetter[]): Promise<void> {
    if (letters.length === 0) return
    const texts = (valueOf: (letter: NewDeadLetter) => string): readonly string[] =>
      letters.map((letter) => encodeName(valueOf(letter)))
    await this.#connections.write({
      name: 'put dead letters',
      text: `INSERT INTO dead_letters
          (channel, source, position, received_at, code, detail, key, value, encoding, headers)
        SELECT channel, source, position, received_at, code, detail, key, value, encoding, headers
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
            $7::text[], $8::text[], $9::text[], $10::text[]) WITH ORDINALITY AS given
          (channel, source, position, received_at, code, detail, key, value, encoding, headers, place)
        ORDER BY place
        ON CONFLICT (channel, source, position) DO NOTHING`,
      values: [
        texts(({ channel }) => channel),
        texts(({ source }) => source),
        letters.map(({ position }) => position),
        letters.map(({ receivedAt }) => receivedAt),
        texts(({ code }) => code),
        texts(({ detail }) => detail),
        letters.map(({ key }) => encodeNullable(key ?? null)),
        texts(({ value }) => value),
        texts(({ encoding }) => encoding),
        letters.map(({ headers }) => JSON.stringify(headers)),
      ],
    })
  }

  async list(query: {
    readonly channel?: string
    readonly before?: number
    readonly limit: number
  }): Promise<readonly DeadLetter[]> {
    const { channel, before = Number.MAX_SAFE_INTEGER, limit } = query
    const rows = await this.#connections.read<Row>({
      text: `SELECT ${columns} FROM dead_letters
        WHERE number < $1 ${channel === undefined ? '' : 'AND channel = $3'}
        ORDER BY number DESC LIMIT $2`,
      values: [before, Math.max(0, limit), ...(channel === undefined ? [] : [encodeName(channel)])],
    })
    return rows.map(letterOf)
  }

  async read(numbers: readonly number[]): Promise<readonly DeadLetter[]> {
    const rows = await this.#connections.read<Row>({
      text: `SELECT ${columns} FROM dead_letters WHERE number = ANY ($1::bigint[])`,
      values: [numbers],
    })
    const letters = new Map(rows.map((row) => [row.number, letterOf(row)]))
    return [...new Set(numbers)]
      .map((number) => letters.get(number))
      .filter((letter) => letter !== undefined)
  }

  async remove(numbers: readonly number[]): Promise<number> {
    const result = await this.#connections.write({
      text: 'DELETE FROM dead_letters WHERE number = ANY ($1::bigint[])',
      values: [numbers],
    })
    return result.rowCount ?? 0
  }

  /** Counted through an index: there should be few, and nobody waits for it. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#connections.read<{ channel: string; count: number }>({
      text: 'SELECT channel, count(*) AS count FROM dead_letters GROUP BY channel ORDER BY channel',
    })
    return new Map(rows.map(({ channel, count }) => [decodeName(channel), count]))
  }
}

function letterOf({ key: encodedKey, headers, ...rest }: Row): DeadLetter {
  const key = decodeNullable(encodedKey)
  return {
    ...rest,
    channel: decodeName(rest.channel),
    source: decodeName(rest.source),
    code: rest.code,
    detail: decodeName(rest.detail),
    value: decodeName(rest.value),
    headers: JSON.parse(headers) as DeadLetter['headers'],
    ...(key === null ? {} : { key }),
  }
}
