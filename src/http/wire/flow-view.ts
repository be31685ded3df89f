import type { FlowCounts, FlowRecord, FlowVersion } from '../../store/store.ts'
import { toIso } from './time.ts'

/** A flow in lists: its newest version and how its executions are. */
export interface FlowView {
  readonly flow: string
  readonly kind: FlowVersion['kind']
  readonly title?: string
  readonly status: FlowRecord['status']
  readonly version: number
  readonly hash: string
  readonly publishedAt: string
  readonly publishedBy: string
  readonly executions: FlowCounts['byStatus']
  readonly incidents: number
  readonly lastActivityAt?: string
}

/** A version without its text. */
export interface FlowVersionView {
  readonly flow: string
  readonly kind: FlowVersion['kind']
  readonly title?: string
  readonly version: number
  readonly hash: string
  readonly format: FlowVersion['format']
  readonly publishedAt: string
  readonly publishedBy: string
}

export function flowView(record: FlowRecord, counts: FlowCounts | undefined): FlowView {
  const { newest } = record
  const lastActivityAt = counts?.lastActivityAt
  return {
    flow: record.flow,
    kind: newest.kind,
    ...(newest.title === undefined ? {} : { title: newest.title }),
    status: record.status,
    version: newest.version,
    hash: newest.hash,
    publishedAt: toIso(newest.publishedAt),
    publishedBy: newest.publishedBy,
    executions: counts?.byStatus ?? {},
    incidents: counts?.incidents ?? 0,
    ...(lastActivityAt === undefined ? {} : { lastActivityAt: toIso(lastActivityAt) }),
  }
}

export function flowVersionView(version: FlowVersion): FlowVersionView {
  return {
    flow: version.flow,
    kind: version.kind,
    ...(version.title === undefined ? {} : { title: version.title }),
    version: version.version,
    hash: version.hash,
    format: version.format,
    publishedAt: toIso(version.publishedAt),
    publishedBy: version.publishedBy,
  }
}
