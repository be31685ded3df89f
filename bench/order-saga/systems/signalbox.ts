import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { forkChild, spawnChild } from '../../measure/child.ts'
import { freePorts } from '../../measure/free-port.ts'
import { waitFor } from '../../measure/wait-for.ts'
import { flowFile } from '../flow-file.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const servicesFile = fileURLToPath(new URL('../services.ts', import.meta.url))

/** The name of the store in the workplace: `fill` makes it there before the server is started. */
export const storeFile = 'signalbox.db'

/**
 * Starts Signalbox as a user would, by its command line, on SQLite with full sync, and the three
 * services in a process of their own.
 */
export async function startSignalbox(workplace: Workplace): Promise<SystemUnderTest> {
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const store = `sqlite:${join(workplace.data, storeFile)}`
  const server = spawnChild(process.execPath, {
    name: 'server',
    logs: workplace.logs,
    directory: workplace.data,
    arguments: [
      ...workplace.serverNodeOptions,
      `${root}src/cli/main.ts`,
      'start',
      '--flows',
      flowFile,
      '--store',
      store,
      '--port',
      String(port),
    ],
  })
  await waitFor('Signalbox to be ready', 120_000, async () => {
    const [ready, flow] = await Promise.all([
      request(`${url}/health/ready`),
      request(`${url}/api/flows/order`),
    ])
    await Promise.all([ready.body.dump(), flow.body.dump()])
    return ready.statusCode === 200 && flow.statusCode === 200
  })
  const completedBefore = await countCompleted(url)
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
      const completedInStore = (await countCompleted(url)) - completedBefore
      await stopAll(children)
      return { completedInStore }
    },
  }
}

async function countCompleted(url: string): Promise<number> {
  const answer = await request(`${url}/api/flows/order`)
  const flow = (await answer.body.json()) as {
    readonly executions: { readonly completed?: number }
  }
  return flow.executions.completed ?? 0
}
