import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'

export interface Watch {
  close(): void
}

/** Editors write in several steps; what settles within this is one change. */
const settleMs = 80
/** Some file systems (mounts into containers) report nothing; looking this often finds it all the same. */
const lookMs = 2_000

/**
 * Calls back when something in the folders may have changed: once per burst of changes, never twice
 * at the same time. The callback decides what did change.
 */
export function watchFolders(paths: readonly string[], onChange: () => Promise<void>): Watch {
  let closed = false
  let running = false
  let again = false
  let settling: NodeJS.Timeout | undefined
  const watchers = new Map<string, FSWatcher>()

  const run = async (): Promise<void> => {
    if (closed) return
    if (running) {
      again = true
      return
    }
    running = true
    try {
      await onChange()
    } finally {
      running = false
      if (again) {
        again = false
        soon()
      }
    }
  }
  const soon = (): void => {
    clearTimeout(settling)
    settling = setTimeout(() => void run(), settleMs)
  }
  const open = async (path: string): Promise<void> => {
    try {
      const recursive = (await stat(path)).isDirectory()
      if (closed) return
      const watcher = watch(path, { recursive }, soon)
      watchers.set(path, watcher)
      // A folder that goes away ends its watcher; looking regularly brings it back.
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(path)
      })
    } catch {
      watchers.delete(path)
    }
  }
  for (const path of paths) void open(path)
  const looking = setInterval(() => {
    for (const path of paths) if (!watchers.has(path)) void open(path)
    void run()
  }, lookMs)
  return {
    close: () => {
      closed = true
      clearTimeout(settling)
      clearInterval(looking)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}
