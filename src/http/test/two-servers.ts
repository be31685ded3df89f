import { createQueueChannel } from '../../channel/queue/queue-channel.ts'
import { createEngine } from '../../engine/create-engine.ts'
import type { Engine } from '../../engine/engine.ts'
import { openSharedMemory } from '../../store/memory/memory-for-replicas.ts'
import { createHttpServer, type HttpServer } from '../server.ts'

/** One of several real servers with real engines on one memory: replicas of each other. */
export interface ReplicaServer {
  readonly http: HttpServer
  readonly engine: Engine
}

/** Two replicas; they end together. */
export async function startTwoServers(): Promise<{
  readonly servers: readonly [ReplicaServer, ReplicaServer]
  close(): Promise<void>
}> {
  const memory = openSharedMemory({ now: Date.now })
  const ends: (() => Promise<void>)[] = []

  async function startServer(name: string): Promise<ReplicaServer> {
    const store = await memory.open()
    const engine = createEngine({
      store,
      channels: [],
      createQueue: (queue) => createQueueChannel({ name: queue }),
      replica: { name, leaseMs: 5_000 },
    })
    await engine.start()
    const http = await createHttpServer({
      engine,
      store,
      version: '0.0.0-test',
      auth: { mode: 'off' },
      host: '127.0.0.1',
      port: 0,
    })
    ends.push(async () => {
      await http.close()
      await engine.stop(1_000)
      await store.close()
    })
    return { http, engine }
  }

  const servers = [await startServer('one'), await startServer('two')] as const
  return { servers, close: async () => void (await Promise.all(ends.map((end) => end()))) }
}
