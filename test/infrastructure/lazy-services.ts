import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** Something that tests need from outside, such as a broker; or why it cannot be had here. */
export type FoundService =
  | {
      readonly kind: 'found'
      /** How tests reach it. */
      readonly address: Readonly<Record<string, string>>
      readonly stop: () => Promise<void>
    }
  | { readonly kind: 'missing'; readonly reason: string }

export type ServiceAnswer =
  | { readonly kind: 'found'; readonly address: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

export interface LazyServices {
  readonly url: string
  /** The services that were asked for and cannot be had, with the reasons. */
  missing(): readonly { readonly name: string; readonly reason: string }[]
  stop(): Promise<void>
}

/**
 * Services that are started when the first test file asks, once for all of them, and ended together.
 * Test files run in processes of their own, hence they ask over HTTP.
 */
export async function serveLazily(
  starters: Readonly<Record<string, () => Promise<FoundService>>>,
): Promise<LazyServices> {
  const asked = new Map<string, Promise<FoundService>>()

  async function answer(name: string): Promise<ServiceAnswer> {
    const starter = starters[name]
    if (starter === undefined) return { kind: 'failed', reason: `there is no service ${name}` }
    try {
      const starting = asked.get(name) ?? starter()
      asked.set(name, starting)
      const service = await starting
      return service.kind === 'found' ? { kind: 'found', address: service.address } : service
    } catch (error) {
      return { kind: 'failed', reason: String(error) }
    }
  }

  const server = createServer((request, response) => {
    void answer(request.url?.slice(1) ?? '').then((said) => response.end(JSON.stringify(said)))
  })
  const settled = (): Promise<PromiseSettledResult<FoundService>[]> =>
    Promise.allSettled(asked.values())
  const missing: { readonly name: string; readonly reason: string }[] = []
  return {
    url: await listen(server),
    missing: () => missing,
    async stop() {
      server.close()
      const names = [...asked.keys()]
      for (const [index, outcome] of (await settled()).entries()) {
        if (outcome.status === 'rejected') continue
        if (outcome.value.kind === 'found') await outcome.value.stop()
        else missing.push({ name: names[index] ?? '', reason: outcome.value.reason })
      }
    },
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${address.port}`
}
