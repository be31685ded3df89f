import type { FlowHead, FlowRecord, FlowStatus, FlowVersion, NewFlowVersion } from '../store.ts'
import type { Connections } from './connections.ts'
import { decodeName, decodeNullable, encodeName, encodeNullable } from './names.ts'
import { violatedConstraint } from './postgres-errors.ts'

type Row = Omit<FlowVersion, 'title'> & { readonly title: string | null }

const columns = `flow, version, kind, title, hash, text, format, published_at AS "publishedAt",
  published_by AS "publishedBy"`

/** Reads and writes published flows. */
export class FlowRows {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Two that publish at once get two versions, or one where they publish the same. */
  async publish(candidate: NewFlowVersion): Promise<FlowVersion> {
    for (;;) {
      const newest = await this.#readNewest(candidate.flow)
      if (newest?.hash === candidate.hash) return newest
      const version = (newest?.version ?? 0) + 1
      try {
        await this.#insert(candidate, version)
        return { ...candidate, version }
      } catch (error) {
        if (violatedConstraint(error) === undefined) throw error
      }
    }
  }

  async read(flow: string, version: number): Promise<FlowVersion | undefined> {
    const [row] = await this.#connections.read<Row>({
      text: `SELECT ${columns} FROM flow_versions WHERE flow = $1 AND version = $2`,
      values: [encodeName(flow), version],
    })
    return row === undefined ? undefined : versionOf(row)
  }

  async readVersions(flow: string): Promise<readonly FlowVersion[]> {
    const rows = await this.#connections.read<Row>({
      text: `SELECT ${columns} FROM flow_versions WHERE flow = $1 ORDER BY version`,
      values: [encodeName(flow)],
    })
    return rows.map(versionOf)
  }

  async readFlows(): Promise<readonly FlowRecord[]> {
    const rows = await this.#connections.read<Row & { status: FlowStatus }>({
      text: `SELECT v.*, coalesce(s.status, 'active') AS status
        FROM (SELECT DISTINCT ON (flow) ${columns} FROM flow_versions
          ORDER BY flow, version DESC) AS v LEFT JOIN flow_statuses AS s ON s.flow = v.flow
        ORDER BY v.flow`,
    })
    return rows.map(({ status, ...row }) => {
      const newest = versionOf(row)
      return { flow: newest.flow, status, newest }
    })
  }

  async readHeads(): Promise<readonly FlowHead[]> {
    const rows = await this.#connections.read<FlowHead>({
      name: 'read flow heads',
      text: `SELECT v.flow, coalesce(s.status, 'active') AS status, v.version
        FROM (SELECT flow, max(version) AS version FROM flow_versions GROUP BY flow) AS v
          LEFT JOIN flow_statuses AS s ON s.flow = v.flow ORDER BY v.flow`,
    })
    return rows.map((row) => ({ ...row, flow: decodeName(row.flow) }))
  }

  async setStatus(flow: string, status: FlowStatus): Promise<void> {
    await this.#connections.write({
      text: `INSERT INTO flow_statuses (flow, status) VALUES ($1, $2)
        ON CONFLICT (flow) DO UPDATE SET status = excluded.status`,
      values: [encodeName(flow), status],
    })
  }

  async #readNewest(flow: string): Promise<FlowVersion | undefined> {
    const [row] = await this.#connections.read<Row>({
      text: `SELECT ${columns} FROM flow_versions WHERE flow = $1 ORDER BY version DESC LIMIT 1`,
      values: [encodeName(flow)],
    })
    return row === undefined ? undefined : versionOf(row)
  }

  async #insert(candidate: NewFlowVersion, version: number): Promise<void> {
    await this.#connections.write({
      text: `INSERT INTO flow_versions
          (flow, version, kind, title, hash, text, format, published_at, published_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [
        encodeName(candidate.flow),
        version,
        candidate.kind,
        encodeNullable(candidate.title ?? null),
        candidate.hash,
        encodeName(candidate.text),
        candidate.format,
        candidate.publishedAt,
        encodeName(candidate.publishedBy),
      ],
    })
  }
}

function versionOf({ title: encodedTitle, ...rest }: Row): FlowVersion {
  const title = decodeNullable(encodedTitle)
  return {
    ...rest,
    flow: decodeName(rest.flow),
    text: decodeName(rest.text),
    publishedBy: decodeName(rest.publishedBy),
    ...(title === null ? {} : { title }),
  }
}
