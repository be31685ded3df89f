import {
  addedColumns,
  answerColumns,
  changedColumns,
  changingColumns,
  givenColumns,
  lastingColumns,
  postponeColumns,
  putColumns,
  removeColumns,
  tableOf,
  termColumns,
} from './commit-columns.ts'

/** What a batch has of each kind. The statement has a section for what is there, and only for that. */
export interface Sections {
  readonly added: boolean
  /** Executions that were there: those that have a unique key afterwards, and the others. */
  readonly keyed: boolean
  readonly unkeyed: boolean
  readonly answers: boolean
  readonly terms: boolean
  readonly removes: boolean
  readonly postpones: boolean
  readonly puts: boolean
  /** Some of those removed may be in the hands of other replicas. */
  readonly withdraws: boolean
}

/** The sections with their columns, in the order of parameters; before them, `$1`: this replica. */
export const columnsBySection = {
  added: [addedColumns],
  keyed: [changedColumns],
  unkeyed: [changedColumns],
  answers: [answerColumns],
  terms: [termColumns, givenColumns],
  removes: [removeColumns],
  postpones: [postponeColumns],
  puts: [putColumns],
  withdraws: [],
} as const

const sectionNames = Object.keys(columnsBySection) as readonly (keyof Sections)[]

/** A name for each combination of sections. */
export function nameOf(sections: Sections): string {
  return `commit ${sectionNames.filter((name) => sections[name]).join(' ')}`
}

/**
 * The one statement of a commit. All of its parts see the same snapshot, and none sees what another
 * does: what one needs of another it takes from what that returns. `done` has the writes that went
 * through; everything else follows from it.
 *
 * S2: the condition `e.revision = u.expected` is looked at again on the newest row when another
 * transaction had it locked. The row before the change, `b`, comes from the snapshot: where it has the
 * expected revision it is that very row.
 *
 * Executions are looked up by an array (`= ANY`), which makes the same plan whether tables are small or
 * large: it is taken for few rows, and what belongs to them is then looked up one by one.
 * What takes a unique key comes before what may give it back: then it is refused, and the batch is
 * written in its own order; see `commit.ts`.
 */
export function commitText(sections: Sections): string {
  const table = tablesOf(sections)
  const parts = [
    clock,
    ...(sections.added ? added(table) : []),
    ...changed(table, sections),
    done(sections),
    journal,
    counts(sections),
    ...(sections.answers ? [answers(table)] : []),
    ...(sections.terms ? terms(table) : []),
    ...outbox(table, sections),
  ]
  return `WITH ${parts.join(',\n')}\n${results(sections)}`
}

type Tables = Readonly<Record<string, string>>

function tablesOf(sections: Sections): Tables {
  const tables: Record<string, string> = {}
  let parameter = 2
  for (const name of sectionNames) {
    if (!sections[name]) continue
    for (const [n, columns] of columnsBySection[name].entries()) {
      const alias = n === 0 ? name : 'given'
      tables[alias] = tableOf(alias, columns, parameter)
      parameter += columns.length
    }
  }
  return tables
}

const clock = `clock AS MATERIALIZED (
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
    EXISTS (SELECT 1 FROM replicas
      WHERE number = $1::bigint AND lease_until > clock_timestamp()) AS alive)`

const lasting = lastingColumns.map(({ name }) => name)
const changing = changingColumns.map(({ name }) => name)

function added(table: Tables): readonly string[] {
  const columns = ['number', ...lasting, ...changing].join(', ')
  return [
    `n AS MATERIALIZED (SELECT nextval('executions_number') AS number, added.* FROM ${table['added']})`,
    `added AS (INSERT INTO executions (${columns}) SELECT ${columns} FROM n
      ON CONFLICT (id) DO NOTHING RETURNING number)`,
  ]
}

function hasChanged({ keyed, unkeyed }: Sections): boolean {
  return keyed || unkeyed
}

function changed(table: Tables, { added: hasAdded, keyed, unkeyed }: Sections): readonly string[] {
  const parts = [...(keyed ? ['keyed'] : []), ...(unkeyed ? ['unkeyed'] : [])]
  if (parts.length === 0) return []
  const before = hasAdded ? ['added', ...parts] : parts
  return [
    ...parts.map((name) => changedPart(name, table, before[before.indexOf(name) - 1])),
    `changed AS MATERIALIZED (${parts.map((name) => `SELECT * FROM ${name}`).join(' UNION ALL ')})`,
  ]
}

function changedPart(name: string, table: Tables, after: string | undefined): string {
  const items = `${name}_items`
  return `${items} AS MATERIALIZED (SELECT * FROM ${table[name] ?? ''}),
    ${name} AS (
      UPDATE executions AS e SET ${changing.map((column) => `${column} = u.${column}`).join(', ')}
      FROM ${items} AS u JOIN executions AS b ON b.id = u.id
      WHERE e.id = u.id AND e.revision = u.expected AND b.revision = u.expected
        AND e.id = ANY (ARRAY(SELECT id FROM ${items}))
        ${after === undefined ? '' : `AND (SELECT count(*) FROM ${after}) >= 0`}
      RETURNING u.i, e.number, e.id, e.flow, u.expected + 1 AS first_sequence, u.facts,
        u.version, u.status, u.node, u.stage, u.has_incident, u.updated_at,
        b.version AS b_version, b.status AS b_status, b.node AS b_node, b.stage AS b_stage,
        b.has_incident AS b_has_incident,
        (u.version, u.status, u.node, coalesce(u.stage, ''))
          <> (b.version, b.status, b.node, coalesce(b.stage, '')) AS moved)`
}

function done(sections: Sections): string {
  const columns = 'i, number, id, first_sequence, facts, updated_at'
  const parts = [
    ...(sections.added
      ? [
          `SELECT i, number, id, 1::bigint AS first_sequence, facts, updated_at
           FROM n JOIN added USING (number)`,
        ]
      : []),
    ...(hasChanged(sections) ? [`SELECT ${columns} FROM changed`] : []),
  ]
  return `done AS MATERIALIZED (${parts.join(' UNION ALL ')})`
}

const journal = `journaled AS (
  INSERT INTO journal (execution, first_sequence, facts)
  SELECT number, first_sequence, facts FROM done WHERE facts IS NOT NULL)`

function counts(sections: Sections): string {
  const parts = [
    ...(sections.added
      ? [
          `SELECT flow, version, status, node, coalesce(stage, '') AS stage, 1 AS count,
             has_incident::int AS incidents, updated_at AS at FROM n JOIN added USING (number)`,
        ]
      : []),
    ...(hasChanged(sections)
      ? [
          `SELECT flow, version, status, node, coalesce(stage, ''), moved::int,
             has_incident::int - b_has_incident::int, updated_at FROM changed`,
          `SELECT flow, b_version, b_status, b_node, coalesce(b_stage, ''), -1, 0, 0
           FROM changed WHERE moved`,
        ]
      : []),
  ]
  return `counted AS (
    INSERT INTO execution_counts
      (flow, version, status, node, stage, count, incidents, last_activity_at)
    SELECT flow, version, status, node, stage, sum(count), sum(incidents), max(at)
    FROM (${parts.join(' UNION ALL ')}) AS differences
      (flow, version, status, node, stage, count, incidents, at)
    GROUP BY flow, version, status, node, stage)`
}

function answers(table: Tables): string {
  return `answered AS (
    INSERT INTO inbox (execution, message_id, answer)
    SELECT done.number, answers.message_id, answers.answer FROM ${table['answers']}
      JOIN done ON done.i = answers.i)`
}

function terms(table: Tables): readonly string[] {
  return [
    `t AS MATERIALIZED (SELECT * FROM ${table['terms']})`,
    `forgotten AS (
      DELETE FROM search_terms AS s USING ${table['given']} JOIN done ON done.i = given.i
      WHERE s.execution = done.id AND done.first_sequence > 1
        AND NOT EXISTS (SELECT 1 FROM t WHERE t.i = done.i AND t.term = s.term))`,
    `learned AS (
      INSERT INTO search_terms (term, execution)
      SELECT t.term, done.id FROM t JOIN done ON done.i = t.i ON CONFLICT DO NOTHING)`,
  ]
}

/**
 * Rows of the outbox are looked up by their executions in ways that cannot be turned round. Vacuum often
 * meets the table empty, and of an empty table the planner thinks that reading all of an index costs no
 * more than a look-up: written as a join, each commit would read the whole index, once per write. Sets
 * of ids are compared by `IN` beneath another operator, which is hashed; a join of two sets of which the
 * planner expects one row each goes through all pairs. An id of a command begins with its execution's.
 */
const isOfChanged = 'o.execution = ANY (ARRAY(SELECT number FROM changed))'

/** The parts about the outbox: `others` are rows that stay, of executions that were there before. */
function outbox(table: Tables, sections: Sections): readonly string[] {
  const { removes, postpones, puts } = sections
  return [
    ...(removes ? [`r AS MATERIALIZED (SELECT * FROM ${table['removes']})`] : []),
    ...(postpones ? [`p AS MATERIALIZED (SELECT * FROM ${table['postpones']})`] : []),
    ...(touchesOutbox(sections) ? [others(sections)] : []),
    ...(removes
      ? [
          `removed AS (
            DELETE FROM outbox AS o
            WHERE ${isOfChanged} AND (o.command_id IN (SELECT command_id FROM r)) IS TRUE
            RETURNING o.channel, o.execution, o.command_id, o.owner)`,
        ]
      : []),
    ...(sections.withdraws ? [withdrawn] : []),
    ...(postpones
      ? [
          `postponed AS (
            UPDATE outbox AS o
            SET due_at = p.due_at, attempt = p.attempt, owner = 0, reserved_until = NULL
            FROM p
            WHERE ${isOfChanged} AND o.command_id = p.command_id
            RETURNING o.channel, o.execution)`,
        ]
      : []),
    ...(puts ? [put(table, sections)] : []),
  ]
}

function touchesOutbox(sections: Sections): boolean {
  const { removes, postpones, puts } = sections
  return hasChanged(sections) && (removes || postpones || puts)
}

function others({ removes, postpones }: Sections): string {
  const owner = postpones ? 'CASE WHEN p.i IS NULL THEN o.owner ELSE 0 END' : 'o.owner'
  return `others AS MATERIALIZED (
    SELECT changed.i, o.execution, o.sequence, o.channel, o.beside, ${owner} AS owner,
      ${postpones ? 'coalesce(p.due_at, o.due_at)' : 'o.due_at'} AS due_at,
      EXISTS (SELECT 1 FROM replicas AS a
        WHERE a.number = ${owner} AND a.lease_until > clock_timestamp()) AS owned
    FROM changed CROSS JOIN LATERAL (
        SELECT * FROM outbox WHERE outbox.execution = changed.number OFFSET 0) AS o
      ${postpones ? 'LEFT JOIN p ON p.i = changed.i AND p.command_id = o.command_id' : ''}
    ${removes ? 'WHERE o.command_id NOT IN (SELECT command_id FROM r)' : ''})`
}

function put(table: Tables, sections: Sections): string {
  const isBehindOthers = touchesOutbox(sections)
    ? `OR EXISTS (SELECT 1 FROM others AS x
        WHERE x.i = q.i AND x.channel = q.channel AND NOT x.beside AND x.owner <> $1::bigint
          AND x.due_at <= greatest(q.updated_at, clock.now))`
    : ''
  // Neither before this write nor by it was anything withdrawn that another still has in its hands.
  const isAwaited = `EXISTS (SELECT 1 FROM withdrawn AS w JOIN replicas AS a ON a.number = w.owner
      WHERE w.execution = q.number AND w.owner <> $1::bigint
        AND a.lease_until > clock_timestamp())
    ${
      sections.withdraws
        ? 'OR q.number IN (SELECT execution FROM withdrew WHERE owner <> $1::bigint)'
        : ''
    }`
  return `inserted AS (
    INSERT INTO outbox (sequence, execution, owner, due_at, attempt, beside, channel, command_id,
      command_name, command, data)
    SELECT nextval('outbox_sequence'), q.number,
      CASE WHEN q.claim AND clock.alive AND NOT (${isAwaited}) AND (q.beside OR NOT (
          coalesce(q.behind_due_at <= greatest(q.updated_at, clock.now), false) ${isBehindOthers}))
        THEN $1::bigint ELSE 0 END,
      q.due_at, q.attempt, q.beside, q.channel, q.command_id, q.command_name, q.command, q.data
    FROM (SELECT puts.*, done.number, done.updated_at FROM ${table['puts']}
      JOIN done ON done.i = puts.i ORDER BY puts.ordinal) AS q CROSS JOIN clock
    RETURNING sequence, owner)`
}

/** S10: what a living replica has claimed at the very moment of the removal. */
const withdrawn = `withdrew AS (
  INSERT INTO withdrawn (execution, command_id, owner, channel)
  SELECT execution, command_id, owner, channel FROM removed
  WHERE command_id IN (SELECT command_id FROM r WHERE is_withdrawn) AND EXISTS (SELECT 1 FROM replicas AS a
    WHERE a.number = removed.owner AND a.lease_until > clock_timestamp())
  ON CONFLICT (execution, command_id) DO UPDATE SET owner = excluded.owner
  RETURNING execution, owner)`

/** Rows of several kinds: the clock, writes that went through, commands put, others, touched channels. */
function results(sections: Sections): string {
  const none = 'NULL::bigint, NULL::text, NULL::bigint, NULL::boolean, NULL::boolean'
  const touched = [
    ...(sections.removes ? ['SELECT execution, channel FROM removed'] : []),
    ...(sections.postpones ? ['SELECT execution, channel FROM postponed'] : []),
  ]
  const parts = [
    `SELECT 'clock' AS kind, NULL::bigint AS i, now AS sequence, NULL::text AS channel,
       NULL::bigint AS due_at, NULL::boolean AS beside, NULL::boolean AS owned FROM clock`,
    `SELECT 'done', i, ${none} FROM done`,
    ...(sections.puts
      ? [`SELECT 'put', NULL, sequence, NULL, NULL, NULL, owner <> 0 FROM inserted`]
      : []),
    ...(touchesOutbox(sections)
      ? [`SELECT 'other', i, sequence, channel, due_at, beside, owned FROM others`]
      : []),
    ...(touchesOutbox(sections) && touched.length > 0
      ? [
          `SELECT DISTINCT 'touched', others.i, NULL::bigint, others.channel, NULL::bigint,
             NULL::boolean, NULL::boolean
           FROM others JOIN (${touched.join(' UNION ALL ')}) AS touched
             USING (execution, channel)`,
        ]
      : []),
  ]
  return parts.join('\nUNION ALL ')
}
