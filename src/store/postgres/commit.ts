import type { QueryResult } from 'pg'
import type { EncodedWrite } from '../rows/encode-write.ts'
import type { WriteResult } from '../store.ts'
import { partsOf, type PlacedWrite } from './batch.ts'
import { type CommitRow, resultsOf } from './commit-results.ts'
import { commitStatement } from './commit-statement.ts'
import type { Connections, Session } from './connections.ts'
import { lockExecutions } from './lock-executions.ts'
import { encodeName } from './names.ts'
import { violatedConstraint } from './postgres-errors.ts'

type Results = Map<number, WriteResult>

/** The write path: one round trip for whatever arrived together. */
export class Committer {
  readonly #connections: Connections
  /** The number under which this replica claims; 0 before it joins. */
  readonly #replicaNumber: () => number

  constructor(connections: Connections, replicaNumber: () => number) {
    this.#connections = connections
    this.#replicaNumber = replicaNumber
  }

  async commit(writes: readonly EncodedWrite[]): Promise<readonly WriteResult[]> {
    if (writes.length === 0) return []
    const parts = partsOf(writes)
    const results = await this.#commitAtOnce(parts).catch((error: unknown) => {
      if (violatedConstraint(error) === undefined) throw error
      return this.#commitSeparately(parts)
    })
    return writes.map((_, index) => results.get(index) ?? { kind: 'conflict' })
  }

  async #commitAtOnce(parts: readonly (readonly PlacedWrite[])[]): Promise<Results> {
    const [first = []] = parts
    if (parts.length === 1) {
      const replica = this.#replicaNumber()
      const statement = commitStatement(first, replica)
      return resultsOf(first, await this.#connections.write<CommitRow>(statement))
    }
    return this.#connections.transaction(async (session) => {
      await this.#lock(session, parts.flat())
      const results: Results = new Map()
      for (const part of parts) addAll(results, await this.#run(session, part))
      return results
    })
  }

  /** Somebody in the batch violates what is unique: who, comes out by leaving out one after another. */
  async #commitSeparately(parts: readonly (readonly PlacedWrite[])[]): Promise<Results> {
    return this.#connections.transaction(async (session) => {
      await this.#lock(session, parts.flat())
      const results: Results = new Map()
      for (const part of parts) await this.#runDividing(session, part, results)
      return results
    })
  }

  async #runDividing(
    session: Session,
    writes: readonly PlacedWrite[],
    results: Results,
  ): Promise<void> {
    await session.run({ text: 'SAVEPOINT part' })
    try {
      addAll(results, await this.#run(session, writes))
      await session.run({ text: 'RELEASE SAVEPOINT part' })
      return
    } catch (error) {
      const constraint = violatedConstraint(error)
      if (constraint === undefined) throw error
      await session.run({ text: 'ROLLBACK TO SAVEPOINT part' })
      await session.run({ text: 'RELEASE SAVEPOINT part' })
      const [only] = writes
      if (only !== undefined && writes.length === 1) {
        results.set(only.index, await this.#violation(session, only.write, constraint))
        return
      }
    }
    const middle = Math.ceil(writes.length / 2)
    await this.#runDividing(session, writes.slice(0, middle), results)
    await this.#runDividing(session, writes.slice(middle), results)
  }

  /** A repeated message says more than a key that is taken: the answer to it is known. */
  async #violation(
    session: Session,
    { id, inbox }: EncodedWrite,
    constraint: string,
  ): Promise<WriteResult> {
    if (constraint === 'inbox_pkey') return { kind: 'duplicate' }
    if (constraint !== 'executions_by_unique_key') {
      throw new Error(`a commit has violated ${constraint}`)
    }
    const messageIds = inbox.map(({ messageId }) => encodeName(messageId))
    const { rows } = await session.run({
      name: 'is duplicate',
      text: `SELECT 1 FROM executions JOIN inbox ON inbox.execution = executions.number
        WHERE executions.id = $1 AND inbox.message_id = ANY ($2::text[]) LIMIT 1`,
      values: [encodeName(id), messageIds],
    })
    const isDuplicate = rows.length > 0 || new Set(messageIds).size < messageIds.length
    return { kind: isDuplicate ? 'duplicate' : 'key-taken' }
  }

  async #run(session: Session, writes: readonly PlacedWrite[]): Promise<Results> {
    const answer: QueryResult<CommitRow> = await session.run<CommitRow>(
      commitStatement(writes, this.#replicaNumber()),
    )
    return resultsOf(writes, answer)
  }

  /** Where several statements follow each other, all rows are locked first, in the order of all. */
  async #lock(session: Session, writes: readonly PlacedWrite[]): Promise<void> {
    await session.run(lockExecutions(writes.map(({ write }) => write.id)))
  }
}

function addAll(results: Results, more: Results): void {
  for (const [index, result] of more) results.set(index, result)
}
