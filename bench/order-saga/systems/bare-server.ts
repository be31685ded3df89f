import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forkChild } from '../../measure/child.ts'
import type { Listening } from '../../measure/report-url.ts'
import { BareRows } from '../bare/bare-rows.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'

const serverFile = fileURLToPath(new URL('../bare/server.ts', import.meta.url))
const servicesFile = fileURLToPath(new URL('../services.ts', import.meta.url))

/** Starts the bare server and, in a process of their own, the three services. */
export async function startBareServer(workplace: Workplace): Promise<SystemUnderTest> {
  const database = join(workplace.data, 'bare.db')
  const server = forkChild(serverFile, {
    name: 'server',
    logs: workplace.logs,
    arguments: [database],
    nodeOptions: workplace.serverNodeOptions,
  })
  const { url } = await server.message<Listening>('listening')
  const services = forkChild(servicesFile, {
    name: 'services',
    logs: workplace.logs,
    arguments: [url],
  })
  const children = [server, services]
  return {
    url,
    target: 'signalbox',
    children,
    dataDirectory: workplace.data,
    stop: async () => {
      await stopAll(children)
      const rows = new BareRows(database)
      const completedInStore = rows.countCompleted()
      rows.close()
      return { completedInStore }
    },
  }
}
