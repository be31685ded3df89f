import { spawnSync } from 'node:child_process'
import { request } from 'undici'
import { type Child, forkChild, spawnChild } from '../../measure/child.ts'
import { directorySizeBytes } from '../../measure/directory-size.ts'
import { freePorts } from '../../measure/free-port.ts'
import type { Listening } from '../../measure/report-url.ts'
import { waitFor } from '../../measure/wait-for.ts'
import { startHttpServices } from './http-services.ts'
import { installPeer, peerFolder } from './install-peer.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'

const folder = peerFolder('restate')

/** How the saga calls its services; see `peers/restate/order-workflow.ts`. */
export type RestateStyle = 'calls' | 'steps'

/**
 * Starts Restate's server, the workflow in one process, the three services in another, and tells the
 * server where they are.
 */
export async function startRestate(
  style: RestateStyle,
  workplace: Workplace,
): Promise<SystemUnderTest> {
  installPeer('restate')
  const [ingressPort = 0, adminPort = 0, nodePort = 0] = await freePorts(3)
  const admin = `http://127.0.0.1:${adminPort}`
  const url = `http://127.0.0.1:${ingressPort}`
  const server = spawnServer(workplace, { ingressPort, adminPort, nodePort })
  await waitFor('Restate to be up', 60_000, () => isHealthy(`${admin}/health`))

  const children = [server]
  const startHandlers = async (name: string, handlerArguments: readonly string[] = []) => {
    const child = forkHandlers(name, handlerArguments, workplace)
    children.push(child)
    return (await child.message<Listening>('listening')).url
  }
  if (style === 'calls') {
    await register(admin, await startHandlers('shop-services'))
    await register(admin, await startHandlers('order-workflow'))
  } else {
    const shop = await startHttpServices(workplace)
    children.push(shop.child)
    await register(admin, await startHandlers('order-workflow', [shop.url]))
  }
  await waitFor('Restate to take orders', 60_000, () => isHealthy(`${url}/restate/health`))
  return {
    urls: [url],
    target: 'restate',
    children,
    dataDirectory: workplace.data,
    storeSizeBytes: () => directorySizeBytes(workplace.data),
    stop: async () => {
      await stopAll(children)
      return {}
    },
  }
}

interface Ports {
  readonly ingressPort: number
  readonly adminPort: number
  readonly nodePort: number
}

function spawnServer(workplace: Workplace, ports: Ports): Child {
  const platform = `${process.platform}-${process.arch}`
  const binary = `${folder}node_modules/@restatedev/restate-server-${platform}/bin/restate-server`
  const server = [
    binary,
    '--no-logo',
    '--config-file',
    `${folder}restate.toml`,
    '--base-dir',
    workplace.data,
  ]
  const [program = binary, ...rest] = [...offline(), ...server]
  return spawnChild(program, {
    name: 'server',
    logs: workplace.logs,
    arguments: rest,
    environment: {
      RESTATE_BIND_PORT: String(ports.nodePort),
      RESTATE_INGRESS__BIND_PORT: String(ports.ingressPort),
      RESTATE_ADMIN__BIND_PORT: String(ports.adminPort),
    },
  })
}

/**
 * At its start the server asks api.github.com whether there is a newer one, and no setting prevents
 * it. Where Linux allows it, it therefore gets a hosts file of its own, in which that is this machine.
 */
function offline(): readonly string[] {
  const script = `mount --bind ${folder}hosts /etc/hosts && exec "$@"`
  const prefix = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh']
  const [program = '', ...rest] = [...prefix, 'true']
  if (spawnSync(program, rest).status === 0) return prefix
  console.warn('No mount namespaces here: Restate will ask api.github.com for its newest version.')
  return []
}

function forkHandlers(
  name: string,
  handlerArguments: readonly string[],
  { logs }: Workplace,
): Child {
  return forkChild(`${folder}${name}.ts`, { name, logs, arguments: handlerArguments })
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await request(url)
  await answer.body.dump()
  return answer.statusCode === 200
}

async function register(admin: string, uri: string): Promise<void> {
  const answer = await request(`${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri }),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`Restate refused ${uri}: ${text}`)
}
