import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What the disk under a directory can do, as a store sees it: one small write, one sync. */
export interface DiskProbe {
  readonly syncsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
}

/** About the size of what a small commit appends to a write-ahead log. */
const writeBytes = 4096

/**
 * Appends 4 KiB and calls fdatasync, again and again, in the directory that will hold the store.
 * Taken before and after a measurement: when the two differ much, the disk was not left alone and
 * the figure between them says little.
 */
export function probeDisk(directory: string, durationMs = 1_000): DiskProbe {
  const file = join(directory, 'disk-probe.tmp')
  const descriptor = openSync(file, 'w')
  try {
    return measureSyncs(descriptor, durationMs)
  } finally {
    closeSync(descriptor)
    rmSync(file)
  }
}

function measureSyncs(descriptor: number, durationMs: number): DiskProbe {
  const block = Buffer.alloc(writeBytes, 1)
  const latenciesUs: number[] = []
  const begunAt = performance.now()
  let now = begunAt
  while (now - begunAt < durationMs) {
    writeSync(descriptor, block)
    fdatasyncSync(descriptor)
    const then = now
    now = performance.now()
    latenciesUs.push((now - then) * 1_000)
  }
  latenciesUs.sort((a, b) => a - b)
  const at = (share: number) => Math.round(latenciesUs[Math.floor(latenciesUs.length * share)] ?? 0)
  return {
    syncsPerSecond: Math.round((latenciesUs.length * 1_000) / (now - begunAt)),
    p50Us: at(0.5),
    p99Us: at(0.99),
  }
}
