import type { NewReplica, Notice, OutboxClaim, Replica, Sharing } from '../sharing.ts'
import type { OutboxCommand } from '../store.ts'
import type { Connections, Statement } from './connections.ts'
import { decodeName, encodeName } from './names.ts'
import { Notices } from './notices.ts'
import {
  executionIdOf,
  outboxColumns,
  outboxCommandOf,
  type OutboxRow,
  ownersTable,
} from './outbox-reader.ts'

interface ReplicaRow {
  readonly number: number
  readonly id: string
  readonly name: string
  readonly lease_ms: number
  readonly joined_at: number
  readonly lease_until: number
}

const milliseconds = (column: string): string =>
  `(extract(epoch FROM ${column}) * 1000)::bigint AS ${column}`

/** One replica's face towards the others: its lease, its claims, its notices. */
export class PostgresSharing implements Sharing {
  readonly #connections: Connections
  readonly #notices: Notices
  #replica: NewReplica | undefined
  #number = 0

  constructor(connections: Connections) {
    this.#connections = connections
    this.#notices = new Notices(connections.plan)
  }

  /** Under which this replica claims; 0 before it joins, and after it has left. */
  get replicaNumber(): number {
    return this.#number
  }

  async join(replica: NewReplica): Promise<void> {
    if (this.#replica !== undefined) throw new Error('this store has joined before')
    this.#replica = replica
    await this.#begin(replica)
  }

  async renew(): Promise<{ readonly kept: boolean; readonly replicas: readonly Replica[] }> {
    const replica = this.#joined()
    const { rowCount } = await this.#connections.write(
      {
        name: 'renew',
        text: `UPDATE replicas SET lease_until = clock_timestamp() + lease_ms * interval '1 ms'
          WHERE number = $1 AND lease_until > clock_timestamp()`,
        values: [this.#number],
      },
      'lazy',
    )
    const kept = rowCount === 1
    if (!kept) await this.#begin(replica)
    await this.#forgetDead()
    return { kept, replicas: await this.replicas() }
  }

  async leave(): Promise<void> {
    this.#joined()
    const number = this.#number
    this.#number = 0
    // Without a living owner its rows are free; that they are nobody's saves looking for owners.
    await this.#connections.write(
      { name: 'leave', text: 'DELETE FROM replicas WHERE number = $1', values: [number] },
      'lazy',
    )
    await this.#connections.write(
      { name: 'free', text: 'UPDATE outbox SET owner = 0 WHERE owner = $1', values: [number] },
      'lazy',
    )
  }

  async replicas(): Promise<readonly Replica[]> {
    const rows = await this.#connections.read<ReplicaRow>({
      name: 'replicas',
      text: `SELECT number, id, name, lease_ms, ${milliseconds('joined_at')},
          ${milliseconds('lease_until')}
        FROM replicas WHERE lease_until > clock_timestamp() ORDER BY id`,
    })
    return rows.map((row) => ({
      id: decodeName(row.id),
      name: decodeName(row.name),
      leaseMs: row.lease_ms,
      joinedAt: row.joined_at,
      leaseUntil: row.lease_until,
    }))
  }

  async claimOutbox(query: OutboxClaim): Promise<readonly OutboxCommand[]> {
    this.#joined()
    if (query.limit <= 0 || query.commands?.length === 0) return []
    const { rows } = await this.#connections.write<OutboxRow>(claim(query, this.#number), 'lazy')
    return rows.map(outboxCommandOf).toSorted((left, right) => left.sequence - right.sequence)
  }

  async readClaimed(commandIds: readonly string[]): Promise<readonly OutboxCommand[]> {
    this.#joined()
    const wanted = [...new Set(commandIds)]
    const rows = await this.#connections.read<OutboxRow>({
      name: 'read claimed',
      text: `SELECT ${outboxColumns}
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (execution, command, place)
          JOIN executions AS e ON e.id = wanted.execution
          JOIN outbox AS o ON o.execution = e.number AND o.command_id = wanted.command
        WHERE o.owner = $3 AND ${isAlive('$3')} ORDER BY wanted.place`,
      values: [...places(wanted), this.#number],
    })
    return rows.map(outboxCommandOf)
  }

  async readWithdrawn(channel: string): Promise<readonly string[]> {
    this.#joined()
    const rows = await this.#connections.read<{ command_id: string }>({
      name: 'read withdrawn',
      text: 'SELECT command_id FROM withdrawn WHERE owner = $1 AND channel = $2',
      values: [this.#number, encodeName(channel)],
    })
    return rows.map((row) => decodeName(row.command_id))
  }

  async letGo(commandIds: readonly string[]): Promise<void> {
    this.#joined()
    if (commandIds.length === 0) return
    await this.#connections.write(
      {
        name: 'let go',
        text: 'DELETE FROM withdrawn WHERE owner = $1 AND command_id = ANY ($2::text[])',
        values: [this.#number, commandIds.map(encodeName)],
      },
      'lazy',
    )
  }

  async releaseOutbox(commandIds: readonly string[]): Promise<void> {
    this.#joined()
    if (commandIds.length === 0) return
    await this.#connections.write(
      {
        name: 'release',
        text: `UPDATE outbox AS o SET owner = 0
          FROM unnest($1::text[], $2::text[]) AS wanted (execution, command)
            JOIN executions AS e ON e.id = wanted.execution
          WHERE o.execution = e.number AND o.command_id = wanted.command AND o.owner = $3`,
        values: [...places(commandIds), this.#number],
      },
      'lazy',
    )
  }

  async releaseOutboxExcept(channel: string, commandIds: readonly string[]): Promise<void> {
    this.#joined()
    await this.#connections.write(
      {
        name: 'release except',
        text: `UPDATE outbox SET owner = 0
          WHERE owner = $1 AND channel = $2 AND command_id <> ALL ($3::text[])`,
        values: [this.#number, encodeName(channel), commandIds.map(encodeName)],
      },
      'lazy',
    )
  }

  async reserveOutbox(commandIds: readonly string[], until: number): Promise<readonly string[]> {
    if (commandIds.length === 0) return []
    const { rows } = await this.#connections.write<{ command_id: string }>({
      name: 'reserve',
      text: `UPDATE outbox AS o SET reserved_until = $3
        FROM unnest($1::text[], $2::text[]) AS wanted (execution, command)
          JOIN executions AS e ON e.id = wanted.execution
        WHERE o.execution = e.number AND o.command_id = wanted.command
        RETURNING o.command_id`,
      values: [...places(commandIds), until],
    })
    const there = new Set(rows.map((row) => decodeName(row.command_id)))
    return commandIds.filter((id) => there.has(id))
  }

  announce(notice: Notice): Promise<void> {
    return this.#notices.announce(notice)
  }

  listen(listener: (notice: Notice) => void): Promise<() => Promise<void>> {
    return this.#notices.listen(listener)
  }

  /** The process is gone, as far as the others can tell. */
  close(): Promise<void> {
    return this.#notices.close()
  }

  /** A new number each time: what was claimed under the one before belongs to nobody. */
  async #begin({ id, name, leaseMs }: NewReplica): Promise<void> {
    const { rows } = await this.#connections.write<{ number: number }>(
      {
        name: 'join',
        text: `WITH gone AS (DELETE FROM replicas WHERE number = $4 RETURNING joined_at)
          INSERT INTO replicas (id, name, lease_ms, joined_at, lease_until)
          SELECT $1, $2, $3, coalesce((SELECT joined_at FROM gone), clock_timestamp()),
            clock_timestamp() + $3::bigint * interval '1 ms'
          RETURNING number`,
        values: [encodeName(id), encodeName(name), leaseMs, this.#number],
      },
      'lazy',
    )
    this.#number = rows[0]?.number ?? 0
  }

  /** Makes the rows of replicas that are no more nobody's, and forgets those replicas. */
  async #forgetDead(): Promise<void> {
    await this.#connections.write(
      {
        name: 'free dead',
        text: `WITH RECURSIVE ${ownersTable}
          UPDATE outbox SET owner = 0 WHERE owner = ANY (ARRAY(
            SELECT owner FROM owners WHERE owner > 0 AND NOT ${isAlive('owners.owner')}))`,
      },
      'lazy',
    )
    await this.#connections.write(
      {
        name: 'let go for dead',
        text: `DELETE FROM withdrawn WHERE NOT ${isAlive('withdrawn.owner')}`,
      },
      'lazy',
    )
    await this.#connections.write(
      {
        name: 'forget dead',
        text: `DELETE FROM replicas WHERE number IN (
          SELECT number FROM replicas
          WHERE lease_until < clock_timestamp() - interval '1 minute' FOR UPDATE SKIP LOCKED)`,
      },
      'lazy',
    )
  }

  #joined(): NewReplica {
    if (this.#replica === undefined) throw new Error('expected a store that has joined')
    return this.#replica
  }
}

function isAlive(number: string): string {
  return `EXISTS (SELECT 1 FROM replicas AS a
    WHERE a.number = ${number} AND a.lease_until > clock_timestamp())`
}

function places(commandIds: readonly string[]): readonly (readonly string[])[] {
  return [commandIds.map((id) => encodeName(executionIdOf(id))), commandIds.map(encodeName)]
}

/**
 * Claims: rows that nobody living has are locked, past those that others are just locking. S7: an earlier
 * row of the same execution and channel must not be due, unless it is ours or is claimed here as well.
 */
function claim(query: OutboxClaim, replicaNumber: number): Statement {
  const { channel, commands, dueBy, limit } = query
  const isWanted = (alias: string): string =>
    commands === undefined ? '' : `AND ${alias}.command_name = ANY ($5::text[])`
  const earlier = (alias: string): string => `SELECT 1 FROM outbox AS x
    WHERE x.execution = ${alias}.execution AND x.channel = $2 AND x.sequence < ${alias}.sequence
      AND NOT x.beside AND x.due_at <= $3 AND x.owner <> $1`
  return {
    name: `claim ${commands === undefined ? 'all' : 'named'}`,
    text: `WITH RECURSIVE ${ownersTable},
      free AS MATERIALIZED (
        SELECT owner FROM owners WHERE owner IS NOT NULL AND NOT ${isAlive('owners.owner')}),
      candidates AS MATERIALIZED (
        SELECT c.* FROM free CROSS JOIN LATERAL (
          SELECT o.sequence, o.execution, o.beside FROM outbox AS o
          WHERE o.owner = free.owner AND o.channel = $2 AND o.due_at <= $3 ${isWanted('o')}
            AND NOT EXISTS (SELECT 1 FROM withdrawn AS w
              WHERE w.execution = o.execution AND w.owner <> $1 AND ${isAlive('w.owner')})
            AND (o.beside OR NOT EXISTS (${earlier('o')}
              AND NOT (x.owner IN (SELECT owner FROM free) ${isWanted('x')})))
          ORDER BY o.sequence LIMIT $4
          FOR UPDATE SKIP LOCKED) AS c
        ORDER BY c.sequence LIMIT $4),
      chosen AS (
        SELECT c.execution, c.sequence FROM candidates AS c
        WHERE c.beside OR NOT EXISTS (${earlier('c')}
          AND NOT EXISTS (SELECT 1 FROM candidates AS y WHERE y.sequence = x.sequence)))
      UPDATE outbox AS o SET owner = $1
      FROM chosen
      WHERE o.execution = chosen.execution AND o.sequence = chosen.sequence AND ${isAlive('$1')}
      RETURNING ${outboxColumns}`,
    values: [
      replicaNumber,
      encodeName(channel),
      dueBy,
      limit,
      ...(commands === undefined ? [] : [commands.map(encodeName)]),
    ],
  }
}
