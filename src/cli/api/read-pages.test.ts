import { expect, test } from 'vitest'
import type { FlowView } from '../../http/wire/flow-view.ts'
import { startTestServer } from '../../http/test/test-server.ts'
import { createApiClient } from './client.ts'
import { readPages } from './read-pages.ts'

test('every page is read, beyond what the API gives at once', async () => {
  const server = await startTestServer()
  try {
    const flows = Array.from({ length: 501 }, (_, number) => `page-${number}`)
    for (const flow of flows) {
      const text = `saga: ${flow}\nstates:\n  Done: { final: success }\n`
      await server.engine.flows.publish({ text, actor: 'test' })
    }
    await server.http.listen()
    const url = new URL(`http://127.0.0.1:${server.http.address()?.port}`)
    const client = createApiClient({ url, urlOrigin: { kind: 'default' } })
    const read: string[] = []
    for await (const page of readPages<FlowView>(client, 'api/flows')) {
      read.push(...page.map(({ flow }) => flow))
    }
    expect(flows.filter((flow) => !read.includes(flow))).toEqual([])
    expect(read).toHaveLength(new Set(read).size)
  } finally {
    await server.close()
  }
})
