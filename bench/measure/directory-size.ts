import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The bytes that all files under a directory occupy on the disk (blocks, not lengths). */
export function directorySizeBytes(directory: string): number {
  let bytes = 0
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    // A store may delete a file between the listing and the look at it.
    const stat = statSync(join(directory, entry), { throwIfNoEntry: false })
    if (stat?.isFile() === true) bytes += stat.blocks * 512
  }
  return bytes
}
