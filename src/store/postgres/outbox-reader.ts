import type { Json } from '../../kernel/model/json.ts'
import type { CommandColumn } from '../rows/encode-write.ts'
import type { OutboxCommand } from '../store.ts'
import type { Connections } from './connections.ts'
import { decodeName, encodeName } from './names.ts'

export interface OutboxRow {
  readonly sequence: number
  readonly channel: string
  readonly due_at: number
  readonly attempt: number
  readonly reserved_until: number | null
  readonly command: string
  readonly data: string
}

/** For `outbox AS o`. */
export const outboxColumns = `o.sequence, o.channel, o.due_at, o.attempt, o.reserved_until, o.command,
  o.data`

/**
 * Every owner that rows of the outbox have, 0 among them: found by leaps through the index that begins
 * with the owner. They are few: the replicas, and those that have died lately.
 */
export const ownersTable = `owners AS (
  (SELECT owner FROM outbox ORDER BY owner LIMIT 1)
  UNION ALL
  SELECT (SELECT o.owner FROM outbox AS o WHERE o.owner > owners.owner ORDER BY o.owner LIMIT 1)
  FROM owners WHERE owners.owner IS NOT NULL)`

export function outboxCommandOf(row: OutboxRow): OutboxCommand {
  const rest: CommandColumn = JSON.parse(row.command)
  const data: Json = JSON.parse(row.data)
  return {
    ...rest,
    channel: decodeName(row.channel),
    data,
    dueAt: row.due_at,
    attempt: row.attempt,
    sequence: row.sequence,
    ...(row.reserved_until === null ? {} : { reservedUntil: row.reserved_until }),
  }
}

/** Reads rows of the outbox, whoever has claimed them. */
export class OutboxReader {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async readDue(query: {
    readonly channel: string
    readonly after: number
    readonly dueBy: number
    readonly limit: number
  }): Promise<readonly OutboxCommand[]> {
    const rows = await this.#connections.read<OutboxRow>({
      name: 'read outbox',
      text: `WITH RECURSIVE ${ownersTable}
        SELECT o.* FROM owners CROSS JOIN LATERAL (
          SELECT ${outboxColumns} FROM outbox AS o
          WHERE o.owner = owners.owner AND o.channel = $1 AND o.sequence > $2 AND o.due_at <= $3
          ORDER BY o.sequence LIMIT $4) AS o
        ORDER BY o.sequence LIMIT $4`,
      values: [encodeName(query.channel), query.after, query.dueBy, Math.max(0, query.limit)],
    })
    return rows.map(outboxCommandOf)
  }

  async read(ids: readonly string[]): Promise<readonly OutboxCommand[]> {
    const wanted = [...new Set(ids)]
    const rows = await this.#connections.read<OutboxRow & { place: number }>({
      name: 'read commands',
      text: `SELECT wanted.place, ${outboxColumns}
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (execution, command, place)
          JOIN executions AS e ON e.id = wanted.execution
          JOIN outbox AS o ON o.execution = e.number AND o.command_id = wanted.command
        ORDER BY wanted.place`,
      values: [wanted.map((id) => encodeName(executionIdOf(id))), wanted.map(encodeName)],
    })
    return rows.map(outboxCommandOf)
  }

  async nextDueAt(channel: string, after: number): Promise<number | undefined> {
    const [row] = await this.#connections.read<{ due_at: number | null }>({
      name: 'next due',
      text: `WITH RECURSIVE ${ownersTable}
        SELECT min(o.due_at) AS due_at FROM owners JOIN outbox AS o ON o.owner = owners.owner
        WHERE o.channel = $1 AND o.due_at > $2`,
      values: [encodeName(channel), after],
    })
    return row?.due_at ?? undefined
  }

  async channels(): Promise<readonly string[]> {
    const rows = await this.#connections.read<{ channel: string }>({
      name: 'outbox channels',
      text: `WITH RECURSIVE ${ownersTable}, places AS (
          (SELECT owners.owner, first.channel FROM owners CROSS JOIN LATERAL (
            SELECT channel FROM outbox AS o WHERE o.owner = owners.owner
            ORDER BY channel LIMIT 1) AS first)
          UNION ALL
          SELECT places.owner, next.channel FROM places CROSS JOIN LATERAL (
            SELECT channel FROM outbox AS o
            WHERE o.owner = places.owner AND o.channel > places.channel
            ORDER BY channel LIMIT 1) AS next)
        SELECT DISTINCT channel FROM places ORDER BY channel`,
    })
    return rows.map(({ channel }) => decodeName(channel)).toSorted()
  }
}

/** A command's id is its execution's, a colon, and a number. */
export function executionIdOf(commandId: string): string {
  return commandId.slice(0, Math.max(0, commandId.lastIndexOf(':')))
}
