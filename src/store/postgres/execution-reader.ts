import type { Execution } from '../../kernel/model/execution.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import { executionOf, type ExecutionRow } from '../rows/execution-details.ts'
import type { TimerShare } from '../sharing.ts'
import type { DueTimer, InboxKey, JournalPage } from '../store.ts'
import type { Connections } from './connections.ts'
import { decodeName, decodeNullable, encodeName } from './names.ts'

/** An execution's row, with the first entry of its journal where that carries the input. */
export type FullRow = ExecutionRow & { readonly first_facts: string | null }

/** For `executions AS e`. */
export const fullColumns = `e.number, e.id, e.flow, e.version, e.kind, e.key, e.status, e.node, e.stage,
  e.started_at, e.updated_at, e.finished_at, e.revision, e.input, e.state, e.details,
  CASE WHEN e.input IS NULL THEN (SELECT facts FROM journal
    WHERE execution = e.number AND first_sequence = 1) END AS first_facts`

/** The execution of a row. */
export function fromRow(row: FullRow): Execution {
  return executionOf(
    {
      ...row,
      id: decodeName(row.id),
      flow: decodeName(row.flow),
      key: decodeNullable(row.key),
      node: decodeName(row.node),
      stage: decodeNullable(row.stage),
    },
    inputOf(row),
  )
}

function inputOf({ id, input, first_facts: firstFacts }: FullRow): JsonObject {
  if (input !== null) return JSON.parse(input)
  const facts: Fact[] = firstFacts === null ? [] : JSON.parse(firstFacts)
  const first = facts[0]
  if (first?.kind !== 'started') throw new Error(`execution ${id} has lost its first fact`)
  return first.input
}

/** Reads single executions and what belongs to them. */
export class ExecutionReader {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async read(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>> {
    const wanted = [...new Set(ids)]
    const rows = await this.#connections.read<FullRow>({
      name: 'read executions',
      text: `SELECT ${fullColumns} FROM executions AS e WHERE e.id = ANY ($1::text[])`,
      values: [wanted.map(encodeName)],
    })
    const found = new Map(rows.map(fromRow).map((execution) => [execution.id, execution]))
    return new Map(
      wanted.flatMap((id) => {
        const execution = found.get(id)
        return execution === undefined ? [] : [[id, execution] as const]
      }),
    )
  }

  async readAnswers(keys: readonly InboxKey[]): Promise<readonly (Json | undefined)[]> {
    if (keys.length === 0) return []
    const rows = await this.#connections.read<{ place: number; answer: string }>({
      name: 'read inbox',
      text: `SELECT wanted.place, inbox.answer
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (id, message_id, place)
          JOIN executions ON executions.id = wanted.id
          JOIN inbox ON inbox.execution = executions.number
            AND inbox.message_id = wanted.message_id`,
      values: [
        keys.map(({ executionId }) => encodeName(executionId)),
        keys.map(({ messageId }) => encodeName(messageId)),
      ],
    })
    const answers = new Map(rows.map(({ place, answer }) => [place, answer]))
    return keys.map((_, index) => {
      const answer = answers.get(index + 1)
      return answer === undefined ? undefined : JSON.parse(answer)
    })
  }

  async findByKey(flow: string, key: string): Promise<string | undefined> {
    const [row] = await this.#connections.read<{ id: string }>({
      name: 'find by key',
      text: `SELECT id FROM executions WHERE key = $1 AND flow = $2
        ORDER BY finished_at IS NULL DESC, started_at DESC, number DESC LIMIT 1`,
      values: [encodeName(key), encodeName(flow)],
    })
    return row === undefined ? undefined : decodeName(row.id)
  }

  async readJournal(
    executionId: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<JournalPage> {
    const rows = await this.#connections.read<{
      revision: number
      first_sequence: number | null
      facts: string | null
    }>({
      name: 'read journal',
      // Each entry has a fact at least, so that a page needs no more entries than facts, and one.
      text: `SELECT e.revision, entry.first_sequence, entry.facts
        FROM executions AS e LEFT JOIN LATERAL (
          SELECT first_sequence, facts FROM journal
          WHERE execution = e.number AND first_sequence >= coalesce(
            (SELECT max(first_sequence) FROM journal
              WHERE execution = e.number AND first_sequence <= $2), 1)
          ORDER BY first_sequence LIMIT $3
        ) AS entry ON true WHERE e.id = $1 ORDER BY entry.first_sequence`,
      values: [encodeName(executionId), after + 1, Math.max(0, limit) + 1],
    })
    const facts: { sequence: number; fact: Fact }[] = []
    const [end] = rows
    if (end === undefined || limit <= 0) return { facts }
    for (const { first_sequence: first, facts: text } of rows) {
      if (first === null || text === null || facts.length >= limit) break
      const entry: Fact[] = JSON.parse(text)
      for (const [index, fact] of entry.entries()) {
        const sequence = first + index
        if (sequence > after && facts.length < limit) facts.push({ sequence, fact })
      }
    }
    const last = facts.at(-1)?.sequence ?? end.revision
    return last < end.revision ? { facts, next: last } : { facts }
  }

  async readDueTimers(
    until: number,
    limit: number,
    { index, count }: TimerShare,
  ): Promise<readonly DueTimer[]> {
    const rows = await this.#connections.read<{ id: string; wake_at: number }>({
      name: 'read due timers',
      text: `SELECT id, wake_at FROM executions WHERE wake_at <= $1 AND slot % $3::int = $4
        ORDER BY wake_at, number LIMIT $2`,
      values: [until, limit, count, index],
    })
    return rows.map(({ id, wake_at: wakeAt }) => ({ executionId: decodeName(id), wakeAt }))
  }

  async nextWakeAt({ index, count }: TimerShare): Promise<number | undefined> {
    const [row] = await this.#connections.read<{ wake_at: number }>({
      name: 'next wake',
      text: `SELECT wake_at FROM executions WHERE wake_at IS NOT NULL AND slot % $1::int = $2
        ORDER BY wake_at LIMIT 1`,
      values: [count, index],
    })
    return row?.wake_at
  }

  async findUnwakeable(limit: number): Promise<readonly string[]> {
    const rows = await this.#connections.read<{ id: string }>({
      name: 'find unwakeable',
      text: `SELECT id FROM executions WHERE needs_command
          AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.execution = executions.number)
        ORDER BY number LIMIT $1`,
      values: [limit],
    })
    return rows.map(({ id }) => decodeName(id))
  }
}
