import { SignalboxError } from '../errors/signalbox-error.ts'
import type { CompileContext } from '../flow/compilation.ts'
import { compileFlow } from '../flow/index.ts'
import type { FlowStatus, FlowVersion, Store } from '../store/store.ts'
import type { CompiledVersion } from './engine.ts'

/** Compiled versions by flow and number. A version is immutable, so it is compiled once. */
export interface FlowRegistry {
  /** Without a version: the newest. Throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND. */
  get(flow: string, version?: number): Promise<CompiledVersion>
  /** The same without waiting, if it was compiled before. */
  peek(flow: string, version: number): CompiledVersion | undefined
  add(compiled: CompiledVersion): void
  acceptsStarts(flow: string): boolean
  /** Throws FLOW_PAUSED, FLOW_RETIRED. */
  assertAcceptsStarts(flow: string): void
  setStatus(flow: string, status: FlowStatus): void
  load(): Promise<void>
}

/** In a shared store: how old what is known of flows may be. Nobody is answered from older knowledge. */
const knowledgeMs = 200
/**
 * How long a replica waits with its answer after it has changed a flow: then every replica has looked
 * again before it does anything with it, and the change is visible to everything that follows.
 */
export const flowChangeMs = knowledgeMs + 50

/** @param now given where others may change flows as well */
export function createFlowRegistry(
  store: Store,
  context: CompileContext,
  now?: () => number,
): FlowRegistry {
  const versionsByName = new Map<string, CompiledVersion>()
  const newestByFlow = new Map<string, number>()
  const statusByFlow = new Map<string, FlowStatus>()
  /** A version that does not compile will not compile in this process. */
  const faultsByName = new Map<string, unknown>()

  let knownAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  function isOutdated(): boolean {
    return now !== undefined && now() - knownAt >= knowledgeMs
  }

  /** Those who ask meanwhile wait for the same answer. */
  async function refresh(): Promise<void> {
    loading ??= load().finally(() => {
      loading = undefined
    })
    await loading
  }

  async function load(): Promise<void> {
    const askedAt = now?.() ?? 0
    for (const { flow, status, version } of await store.listFlowHeads()) {
      newestByFlow.set(flow, version)
      statusByFlow.set(flow, status)
    }
    knownAt = askedAt
  }

  async function readVersion(flow: string, version: number): Promise<CompiledVersion> {
    const name = nameOf(flow, version)
    if (faultsByName.has(name)) throw faultsByName.get(name)
    const record = await store.readFlowVersion(flow, version)
    if (record === undefined) {
      throw new SignalboxError(
        'FLOW_VERSION_NOT_FOUND',
        `expected a published version of flow '${flow}', found none with number ${version}`,
      )
    }
    try {
      const compiled = compileStored(record, context)
      versionsByName.set(name, compiled)
      return compiled
    } catch (error) {
      faultsByName.set(name, error)
      throw error
    }
  }

  return {
    async get(flow, version) {
      if (isOutdated()) await refresh()
      const newest = newestByFlow.get(flow)
      if (newest === undefined) {
        throw new SignalboxError('FLOW_NOT_FOUND', `expected a published flow, found '${flow}'`)
      }
      const wanted = version ?? newest
      return versionsByName.get(nameOf(flow, wanted)) ?? (await readVersion(flow, wanted))
    },
    peek: (flow, version) => versionsByName.get(nameOf(flow, version)),
    add(compiled) {
      const { flow, version } = compiled.record
      versionsByName.set(nameOf(flow, version), compiled)
      newestByFlow.set(flow, Math.max(version, newestByFlow.get(flow) ?? 0))
      if (!statusByFlow.has(flow)) statusByFlow.set(flow, 'active')
    },
    acceptsStarts: (flow) => statusByFlow.get(flow) === 'active',
    assertAcceptsStarts(flow) {
      const status = statusByFlow.get(flow)
      if (status === 'paused') {
        throw new SignalboxError(
          'FLOW_PAUSED',
          `expected a flow that accepts starts, found '${flow}' paused`,
        )
      }
      if (status === 'retired') {
        throw new SignalboxError(
          'FLOW_RETIRED',
          `expected a flow that accepts starts, found '${flow}' retired`,
        )
      }
    },
    setStatus: (flow, status) => statusByFlow.set(flow, status),
    load,
  }
}

/** Gives a compiled flow the number under which it is published. */
export function compileStored(record: FlowVersion, context: CompileContext): CompiledVersion {
  const { flow, diagnostics } = compileFlow({ text: record.text, format: record.format }, context)
  if (flow === undefined) {
    // It compiled when it was published; a stricter checker must not strand what runs on it.
    throw new SignalboxError(
      'FLOW_INVALID',
      `expected version ${record.version} of flow '${record.flow}' to compile as it did when published, found errors`,
      { details: { diagnostics } },
    )
  }
  return { record, flow: { ...flow, version: record.version } }
}

function nameOf(flow: string, version: number): string {
  return `${version}@${flow}`
}
