import { readFileSync } from 'node:fs'
import { compileFlow } from '../../src/flow/index.ts'
import type { Flow } from '../../src/kernel/index.ts'
import type { Store } from '../../src/store/store.ts'
import { flowFile } from './flow-file.ts'

/** Publishes the order saga in a store, as the server would, and answers it compiled. */
export async function publishOrderFlow(store: Store): Promise<Flow> {
  const text = readFileSync(flowFile, 'utf8')
  const { flow, hash, format, diagnostics } = compileFlow({ text, file: flowFile })
  if (flow === undefined) {
    throw new Error(`Expected the order saga to compile, found ${JSON.stringify(diagnostics)}`)
  }
  const { version } = await store.publishFlow({
    flow: flow.id,
    kind: flow.kind,
    ...(flow.title !== undefined && { title: flow.title }),
    hash,
    text,
    format,
    publishedAt: Date.now(),
    publishedBy: 'bench',
  })
  return { ...flow, version }
}
