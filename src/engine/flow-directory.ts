import { SignalboxError } from '../errors/signalbox-error.ts'
import type { CompileContext } from '../flow/compilation.ts'
import { compileFlow } from '../flow/index.ts'
import type { Store } from '../store/store.ts'
import type { FlowDirectory, PublishedFlow, PublishRequest } from './engine.ts'
import type { FlowRegistry } from './flow-registry.ts'

/**
 * Flows as callers see them: published, found, paused.
 *
 * @param visibleToAll fulfilled when other replicas know of a change that was stored before
 */
export function createFlowDirectory(
  store: Store,
  registry: FlowRegistry,
  context: CompileContext,
  now: () => number,
  visibleToAll: () => Promise<void>,
): FlowDirectory {
  async function publish(request: PublishRequest): Promise<PublishedFlow> {
    const { text, format, fileName, actor } = request
    const compilation = compileFlow(
      {
        text,
        ...(format === undefined ? {} : { format }),
        ...(fileName === undefined ? {} : { file: fileName }),
      },
      context,
    )
    const { flow, diagnostics } = compilation
    if (flow === undefined) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error')
      throw new SignalboxError(
        'FLOW_INVALID',
        `expected a flow without errors, found ${errors.length}: ${errors[0]?.message ?? ''}`,
        { details: { diagnostics } },
      )
    }
    const newestBefore = await registry.get(flow.id).catch(() => undefined)
    const version = await store.publishFlow({
      flow: flow.id,
      kind: flow.kind,
      ...(flow.title === undefined ? {} : { title: flow.title }),
      hash: compilation.hash,
      text,
      format: compilation.format,
      publishedAt: now(),
      publishedBy: actor,
    })
    const created = newestBefore?.record.version !== version.version
    if (created) registry.add({ record: version, flow: { ...flow, version: version.version } })
    if (created) await visibleToAll()
    return { version, created, diagnostics }
  }

  return {
    publish,
    get: (flow, version) => registry.get(flow, version),
    list: () => store.listFlows(),
    async versions(flow) {
      await registry.get(flow)
      return store.listFlowVersions(flow)
    },
    counts: (flow) => store.flowCounts(flow),
    nodeCounts: (flow) => store.nodeCounts(flow),
    async setStatus(flow, status) {
      await registry.get(flow)
      await store.setFlowStatus(flow, status)
      registry.setStatus(flow, status)
      await visibleToAll()
    },
  }
}
