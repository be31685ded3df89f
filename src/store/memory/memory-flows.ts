import type { FlowHead, FlowRecord, FlowStatus, FlowVersion, NewFlowVersion } from '../store.ts'

/** Published flows. */
export class MemoryFlows {
  readonly #versionsByFlow = new Map<string, FlowVersion[]>()
  readonly #statusesByFlow = new Map<string, FlowStatus>()

  publish(candidate: NewFlowVersion): FlowVersion {
    const versions = this.#versionsByFlow.get(candidate.flow) ?? []
    const newest = versions.at(-1)
    if (newest?.hash === candidate.hash) return newest
    const version = { ...candidate, version: versions.length + 1 }
    this.#versionsByFlow.set(candidate.flow, [...versions, version])
    return version
  }

  read(flow: string, version: number): FlowVersion | undefined {
    return this.#versionsByFlow.get(flow)?.find((candidate) => candidate.version === version)
  }

  readVersions(flow: string): readonly FlowVersion[] {
    return this.#versionsByFlow.get(flow) ?? []
  }

  readFlows(): readonly FlowRecord[] {
    return [...this.#versionsByFlow.keys()].toSorted().flatMap((flow) => {
      const newest = this.#versionsByFlow.get(flow)?.at(-1)
      if (newest === undefined) return []
      return [{ flow, status: this.#statusesByFlow.get(flow) ?? 'active', newest }]
    })
  }

  readHeads(): readonly FlowHead[] {
    return this.readFlows().map(({ flow, status, newest: { version } }) => ({
      flow,
      status,
      version,
    }))
  }

  setStatus(flow: string, status: FlowStatus): void {
    this.#statusesByFlow.set(flow, status)
  }
}
