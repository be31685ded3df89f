import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Sees to it that one benchmark runs at a time: two would share the machine and measure each other,
 * and they would work in the same folders. Throws when another one runs.
 */
export function lockBench(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'bench.pid')
  if (!tryLock(path)) {
    const holder = Number(readFileSync(path, 'utf8'))
    if (isRunning(holder)) {
      throw new Error(`Expected to be the only benchmark, found another as process ${holder}.`)
    }
    rmSync(path, { force: true })
    if (!tryLock(path)) throw new Error('Expected to be the only benchmark, found another.')
  }
  process.on('exit', () => rmSync(path, { force: true }))
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return pid > 0
  } catch {
    return false
  }
}
