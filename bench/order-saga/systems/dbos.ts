import { forkChild } from '../../measure/child.ts'
import type { Listening } from '../../measure/report-url.ts'
import { startPostgres } from '../../servers/postgres-server.ts'
import { startHttpServices } from './http-services.ts'
import { installPeer, peerFolder } from './install-peer.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'

/** How the saga sends its commands; see `peers/dbos/application.ts`. */
export type DbosStyle = 'steps' | 'queues'

/** Starts a PostgreSQL, the three services, and the application that has DBOS in it. */
export async function startDbos(style: DbosStyle, workplace: Workplace): Promise<SystemUnderTest> {
  installPeer('dbos')
  const postgres = await startPostgres(workplace)
  const shop = await startHttpServices(workplace)
  const application = forkChild(`${peerFolder('dbos')}application.ts`, {
    name: 'application',
    logs: workplace.logs,
    arguments: [postgres.url, shop.url, style],
    nodeOptions: workplace.serverNodeOptions,
  })
  const { url } = await application.message<Listening>('listening')
  return {
    urls: [url],
    target: 'orders',
    children: [application, shop.child, postgres.child],
    dataDirectory: workplace.data,
    storeSizeBytes: postgres.sizeBytes,
    stop: async () => {
      await stopAll([shop.child, application])
      const [row] = await postgres.query(
        `SELECT count(*) AS n FROM dbos.workflow_status WHERE name = 'order' AND status = 'SUCCESS'`,
      )
      await stopAll([postgres.child])
      return { completedInStore: Number(row?.['n']) }
    },
  }
}
