import type { QueryResult } from 'pg'
import type { EncodedWrite } from '../rows/encode-write.ts'
import type { WriteResult } from '../store.ts'
import type { PlacedWrite } from './batch.ts'
import { decodeName } from './names.ts'

/** What the statement of a commit answers; see `results` in `commit-text.ts`. */
export interface CommitRow {
  readonly kind: 'clock' | 'done' | 'put' | 'other' | 'touched'
  readonly i: number | null
  readonly sequence: number | null
  readonly channel: string | null
  readonly due_at: number | null
  readonly beside: boolean | null
  readonly owned: boolean | null
}

/** A row of the outbox, as far as it matters who has claimed it. */
interface Claimable {
  readonly sequence: number
  readonly channel: string
  readonly dueAt: number
  readonly beside: boolean
  readonly owned: boolean
}

/** The results of the writes that went through, by their places; the others are conflicts. */
export function resultsOf(
  writes: readonly PlacedWrite[],
  { rows }: QueryResult<CommitRow>,
): Map<number, WriteResult> {
  const results = new Map<number, WriteResult>()
  const done = new Set(numbersOf(rows, 'done'))
  const now = rows.find(({ kind }) => kind === 'clock')?.sequence ?? 0
  const put = rows
    .filter(({ kind }) => kind === 'put')
    .toSorted((left, right) => (left.sequence ?? 0) - (right.sequence ?? 0))
  const others = Map.groupBy(
    rows.filter(({ kind }) => kind === 'other'),
    ({ i }) => i,
  )
  const touched = Map.groupBy(
    rows.filter(({ kind }) => kind === 'touched'),
    ({ i }) => i,
  )
  let next = 0
  for (const { index, write } of writes) {
    if (!done.has(index)) continue
    const own = put.slice(next, next + write.put.length)
    next += own.length
    results.set(index, {
      kind: 'committed',
      outboxSequences: own.map(({ sequence }) => sequence ?? 0),
      claimed: own.map(({ owned }) => owned === true),
      unclaimedChannels: unclaimedChannels(write, {
        now: Math.max(now, write.updatedAt),
        put: own,
        others: others.get(index) ?? [],
        touched: touched.get(index) ?? [],
      }),
    })
  }
  return results
}

function numbersOf(rows: readonly CommitRow[], kind: CommitRow['kind']): readonly number[] {
  return rows.flatMap((row) => (row.kind === kind && row.i !== null ? [row.i] : []))
}

/** Channels that this write has touched, where the first due row of its execution is nobody's. */
function unclaimedChannels(
  write: EncodedWrite,
  found: {
    readonly now: number
    readonly put: readonly CommitRow[]
    readonly others: readonly CommitRow[]
    readonly touched: readonly CommitRow[]
  },
): readonly string[] {
  if (write.put.length === 0 && found.touched.length === 0) return []
  const rows: Claimable[] = found.others.map(claimableOf)
  for (const [n, { channel, dueAt, purpose }] of write.put.entries()) {
    const { sequence, owned } = found.put[n] ?? {}
    const beside = purpose === 'also'
    rows.push({ channel, dueAt, beside, sequence: sequence ?? 0, owned: owned === true })
  }
  const channels = new Set([
    ...found.touched.map(({ channel }) => decodeName(channel ?? '')),
    ...write.put.map(({ channel }) => channel),
  ])
  return [...channels].filter((channel) => {
    const due = rows
      .filter((row) => row.channel === channel && row.dueAt <= found.now)
      .toSorted((left, right) => left.sequence - right.sequence)
    const first = due.find(({ beside }) => !beside)
    return due.some((row) => !row.owned && (row === first || row.beside))
  })
}

function claimableOf(row: CommitRow): Claimable {
  return {
    sequence: row.sequence ?? 0,
    channel: decodeName(row.channel ?? ''),
    dueAt: row.due_at ?? 0,
    beside: row.beside === true,
    owned: row.owned === true,
  }
}
