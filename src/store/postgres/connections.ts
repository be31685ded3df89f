import { Pool, type PoolClient, type QueryResult, type QueryResultRow, types } from 'pg'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { ConnectionPlan } from './connection-options.ts'
import {
  asUnavailable,
  isConnectionError,
  isTransient,
  violatedConstraint,
} from './postgres-errors.ts'

/** A statement; with a name it is prepared once per connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

/** What a piece of work does with a connection of its own. */
export interface Session {
  run<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>>
}

/** Whether a transaction may be lost in a crash of the server, though never in part. */
type Durability = 'durable' | 'lazy'

const bigintType = 20
/** All numbers of the schema are below 2^53. */
const numberTypes = {
  getTypeParser: (type: number, format?: 'text' | 'binary') =>
    type === bigintType ? Number : types.getTypeParser(type, format ?? 'text'),
}

/**
 * What a connection is told when it is made, as far as its server knows the setting. Commits and reads
 * of single things follow an index, always: a plan made while a table was small must not read through
 * it later on.
 */
const settings = { jit: 'off', enable_seqscan: 'off', work_mem: '32MB' }
/** One plan for all batches; and rows are locked in the order of an index, not of their places. */
const fixedPlans = { plan_cache_mode: 'force_generic_plan', enable_bitmapscan: 'off' }

/** Transactions that met a deadlock or failed to be serialised are run again so many times. */
const attemptsMax = 8

/** The connections of one store. */
export class Connections {
  readonly plan: ConnectionPlan
  readonly #writers: Pool
  readonly #lazyWriters: Pool
  readonly #readers: Pool
  #isClosed = false

  constructor(plan: ConnectionPlan) {
    this.plan = plan
    this.#writers = createPool(plan, 2, { ...settings, ...fixedPlans })
    this.#lazyWriters = createPool(plan, 2, {
      ...settings,
      ...fixedPlans,
      synchronous_commit: 'off',
    })
    this.#readers = createPool(plan, plan.poolConnections, settings)
  }

  /** Reads; any connection will do. */
  async read<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    return this.#again(() =>
      this.#with(this.#readers, async (session) => (await session.run<Row>(statement)).rows),
    )
  }

  /** Writes with one statement. Deadlocks and failed serialisations are tried again. */
  async write<Row extends QueryResultRow>(
    statement: Statement,
    durability: Durability = 'durable',
  ): Promise<QueryResult<Row>> {
    const pool = durability === 'lazy' ? this.#lazyWriters : this.#writers
    return this.#again(() => this.#with(pool, (session) => session.run<Row>(statement)))
  }

  /** Writes with several statements in one transaction. */
  async transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#again(() =>
      this.#with(this.#writers, async (session) => {
        await session.run({ text: 'BEGIN ISOLATION LEVEL READ COMMITTED' })
        try {
          const result = await work(session)
          await session.run({ text: 'COMMIT' })
          return result
        } catch (error) {
          if (!isConnectionError(error)) await session.run({ text: 'ROLLBACK' })
          throw error
        }
      }),
    )
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.all([this.#writers, this.#lazyWriters, this.#readers].map((pool) => pool.end()))
  }

  async #again<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        // Whoever writes what is unique knows what it means.
        if (violatedConstraint(error) !== undefined) throw error
        if (!isTransient(error) || attempt >= attemptsMax) {
          throw asUnavailable(this.plan.place, error)
        }
      }
    }
  }

  async #with<Result>(pool: Pool, work: (session: Session) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) {
      throw new SignalboxError('STORE_UNAVAILABLE', 'Expected an open store, found it closed.')
    }
    const client = await pool.connect()
    let isBroken = false
    try {
      return await work(sessionOf(client))
    } catch (error) {
      isBroken = isConnectionError(error)
      throw error
    } finally {
      client.release(isBroken)
    }
  }
}

function sessionOf(client: PoolClient): Session {
  return {
    run: ({ name, text, values }) =>
      client.query({
        ...(name === undefined ? {} : { name }),
        text,
        ...(values === undefined ? {} : { values: [...values] }),
      }),
  }
}

function createPool(
  plan: ConnectionPlan,
  max: number,
  session: Readonly<Record<string, string>>,
): Pool {
  const pool = new Pool({
    ...plan.config,
    max,
    types: numberTypes,
    onConnect: async (client) => {
      // Errors of a connection that does nothing are met by whoever uses it next.
      client.on('error', () => {})
      await client.query(`SET search_path = ${plan.schema}`)
      await client.query(
        `SELECT set_config(known.name, ($2::text[])[array_position($1::text[], known.name)], false)
         FROM pg_settings AS known WHERE known.name = ANY ($1)`,
        [Object.keys(session), Object.values(session)],
      )
    },
  })
  pool.on('error', () => {})
  return pool
}
