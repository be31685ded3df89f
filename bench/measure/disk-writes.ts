import { readFileSync, statSync } from 'node:fs'

const sectorBytes = 512

/**
 * What the disk under a directory has been given to write since the machine began, by everybody;
 * absent where Linux does not say. The counters of processes are of no use here: they count a whole
 * piece of the page cache, up to megabytes, for each small write into a log that was made ahead.
 */
export function writtenToDiskBytes(directory: string): number | undefined {
  const { dev } = statSync(directory)
  // As glibc's `major` and `minor` take a device number apart.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)]
  try {
    const counters = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8')
    const sectorsWritten = counters.trim().split(/\s+/)[6]
    return Number(sectorsWritten) * sectorBytes
  } catch {
    // Not Linux, or a file system without a disk of its own.
    return undefined
  }
}
