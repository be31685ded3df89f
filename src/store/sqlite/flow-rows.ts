import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { FlowHead, FlowRecord, FlowStatus, FlowVersion, NewFlowVersion } from '../store.ts'
import { rowOf, rowsOf } from './connection.ts'

type Row = Omit<FlowVersion, 'title'> & { readonly title: string | null }

const columns = `flow, version, kind, title, hash, text, format, published_at AS publishedAt,
  published_by AS publishedBy`

/** Reads and writes published flows. */
export class FlowRows {
  readonly #insert: StatementSync
  readonly #selectNewest: StatementSync
  readonly #select: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectFlows: StatementSync
  readonly #selectHeads: StatementSync
  readonly #selectStatus: StatementSync
  readonly #saveStatus: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(`
      INSERT INTO flow_versions
        (flow, version, kind, title, hash, text, format, published_at, published_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#selectNewest = database.prepare(
      `SELECT ${columns} FROM flow_versions WHERE flow = ? ORDER BY version DESC LIMIT 1`,
    )
    this.#select = database.prepare(
      `SELECT ${columns} FROM flow_versions WHERE flow = ? AND version = ?`,
    )
    this.#selectAll = database.prepare(
      `SELECT ${columns} FROM flow_versions WHERE flow = ? ORDER BY version`,
    )
    this.#selectFlows = database.prepare('SELECT DISTINCT flow FROM flow_versions ORDER BY flow')
    this.#selectHeads = database.prepare(`
      SELECT flow, max(version) AS version, coalesce(
        (SELECT status FROM flow_statuses WHERE flow_statuses.flow = flow_versions.flow), 'active'
      ) AS status
      FROM flow_versions GROUP BY flow ORDER BY flow`)
    this.#selectStatus = database.prepare('SELECT status FROM flow_statuses WHERE flow = ?')
    this.#saveStatus = database.prepare(`
      INSERT INTO flow_statuses (flow, status) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET status = excluded.status`)
  }

  publish(candidate: NewFlowVersion): FlowVersion {
    const newest = rowOf<Row>(this.#selectNewest, candidate.flow)
    if (newest?.hash === candidate.hash) return versionOf(newest)
    const version = (newest?.version ?? 0) + 1
    this.#insert.run(
      candidate.flow,
      version,
      candidate.kind,
      candidate.title ?? null,
      candidate.hash,
      candidate.text,
      candidate.format,
      candidate.publishedAt,
      candidate.publishedBy,
    )
    return { ...candidate, version }
  }

  read(flow: string, version: number): FlowVersion | undefined {
    const row = rowOf<Row>(this.#select, flow, version)
    return row === undefined ? undefined : versionOf(row)
  }

  readVersions(flow: string): readonly FlowVersion[] {
    return rowsOf<Row>(this.#selectAll, flow).map(versionOf)
  }

  readFlows(): readonly FlowRecord[] {
    return rowsOf<{ flow: string }>(this.#selectFlows).flatMap(({ flow }) => {
      const newest = rowOf<Row>(this.#selectNewest, flow)
      if (newest === undefined) return []
      const status = rowOf<{ status: FlowStatus }>(this.#selectStatus, flow)?.status ?? 'active'
      return [{ flow, status, newest: versionOf(newest) }]
    })
  }

  readHeads(): readonly FlowHead[] {
    return rowsOf<FlowHead>(this.#selectHeads).map((row) => ({ ...row }))
  }

  setStatus(flow: string, status: FlowStatus): void {
    this.#saveStatus.run(flow, status)
  }
}

function versionOf({ title, ...rest }: Row): FlowVersion {
  return title === null ? rest : { ...rest, title }
}
