import { compileFlow } from '../../../src/flow/index.ts'
import type { Flow } from '../../../src/kernel/model/flow.ts'
import type { FlowStatus, FlowVersion } from '../../../src/store/store.ts'
import type { Violations } from './violations.ts'

/** What was published and said about flows, and what callers may therefore rely on. */
export interface PublishedFlows {
  /** The compiled version, for those who check. */
  flowOf(flow: string, version: number): Flow | undefined
  stored(version: FlowVersion): void
  /** A caller was told that this version is published: every start after that uses it, or a newer. */
  answered(flow: string, version: number): void
  /** The version that a start asked for from now on must at least use. */
  leastVersion(flow: string): number
  /** Somebody asks for a change; what is returned says how that ended, if it did. */
  statusAsked(flow: string): (answered: FlowStatus | undefined) => void
  /** What the flow's status is known to be. */
  statusOf(flow: string): KnownStatus
}

export interface KnownStatus {
  /** Absent while a change is under way, and for good when nobody knows what became of one. */
  readonly status: FlowStatus | undefined
  /** Grows with every change that anybody asks for. */
  readonly changes: number
}

/** Compiling is pure, so that what one run has compiled serves the next. */
const compiled = new Map<string, Flow>()
const compiledMax = 500

function compile(text: string): Flow {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const { flow } = compileFlow({ text })
  if (flow === undefined) throw new Error('expected a published flow to compile')
  if (compiled.size >= compiledMax) compiled.clear()
  compiled.set(text, flow)
  return flow
}

export function createPublishedFlows(violations: Violations): PublishedFlows {
  const flows = new Map<string, Flow>()
  const answered = new Map<string, number>()
  const statuses = new Map<string, KnownStatus & { readonly open: number }>()
  const lost = new Set<string>()
  const statusOf = (flow: string) =>
    statuses.get(flow) ?? { status: 'active' as const, changes: 0, open: 0 }

  return {
    flowOf: (flow, version) => flows.get(`${version}@${flow}`),
    stored({ flow, version, text }) {
      flows.set(`${version}@${flow}`, { ...compile(text), version })
    },
    answered(flow, version) {
      if (!flows.has(`${version}@${flow}`)) {
        violations.report('an answered publication is stored', `version ${version} of ${flow}`)
      }
      answered.set(flow, Math.max(version, answered.get(flow) ?? 0))
    },
    leastVersion: (flow) => answered.get(flow) ?? 0,
    statusAsked(flow) {
      const { changes, open } = statusOf(flow)
      const change = changes + 1
      statuses.set(flow, { status: undefined, changes: change, open: open + 1 })
      return (answered) => {
        const now = statusOf(flow)
        if (answered === undefined) lost.add(flow)
        const isAlone = open === 0 && now.changes === change && !lost.has(flow)
        const status = isAlone ? answered : undefined
        statuses.set(flow, { status, changes: now.changes, open: now.open - 1 })
      }
    },
    statusOf,
  }
}
