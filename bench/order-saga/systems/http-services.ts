import { fileURLToPath } from 'node:url'
import { type Child, forkChild } from '../../measure/child.ts'
import type { Listening } from '../../measure/report-url.ts'
import type { Workplace } from './system.ts'

const file = fileURLToPath(new URL('../../peers/shop/shop-http-services.ts', import.meta.url))

/** Starts the three services as a plain HTTP server, for peers whose commands are posts. */
export async function startHttpServices({
  logs,
}: Workplace): Promise<{ readonly child: Child; readonly url: string }> {
  const child = forkChild(file, { name: 'shop-http-services', logs, arguments: [] })
  const { url } = await child.message<Listening>('listening')
  return { child, url }
}
