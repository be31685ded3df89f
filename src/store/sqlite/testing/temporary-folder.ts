import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of the caller's own, and the way to be rid of it. */
export async function makeTemporaryFolder(): Promise<{
  readonly folder: string
  remove(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-store-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
