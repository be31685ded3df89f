import { readFileSync } from 'node:fs'

/** What one process has used since it began, read from `/proc` (Linux; elsewhere zeros). */
export interface UsageSample {
  readonly cpuMs: number
  readonly residentBytes: number
  readonly residentPeakBytes: number
  /** Handed to the disk, as the kernel counts it. */
  readonly writtenBytes: number
}

/** What one process used in a measurement. */
export interface ProcessUsage {
  readonly name: string
  /** Of one core: 0.5 is half a core, more than 1 is several threads. */
  readonly cores: number
  readonly residentMb: number
  readonly residentPeakMb: number
  readonly writtenBytes: number
}

/** The clock ticks of `/proc/PID/stat`: USER_HZ, which Linux has fixed at 100 for user space. */
const tickMs = 10

export function sampleUsage(pid: number): UsageSample {
  const stat = read(`/proc/${pid}/stat`)
  // The command name is in brackets and may hold spaces; the fields after it are counted from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const userTicks = Number(fields[11] ?? 0)
  const systemTicks = Number(fields[12] ?? 0)
  const status = read(`/proc/${pid}/status`)
  return {
    cpuMs: (userTicks + systemTicks) * tickMs,
    residentBytes: field(status, 'VmRSS') * 1_024,
    residentPeakBytes: field(status, 'VmHWM') * 1_024,
    writtenBytes: field(read(`/proc/${pid}/io`), 'write_bytes'),
  }
}

export function usageBetween(
  name: string,
  before: UsageSample,
  after: UsageSample,
  elapsedMs: number,
): ProcessUsage {
  return {
    name,
    cores: (after.cpuMs - before.cpuMs) / elapsedMs,
    residentMb: after.residentBytes / 1e6,
    residentPeakMb: after.residentPeakBytes / 1e6,
    writtenBytes: after.writtenBytes - before.writtenBytes,
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
}
