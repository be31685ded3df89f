import { readFileSync } from 'node:fs'

/** What a process, and all that it has started, have used since it began: from `/proc` (Linux; elsewhere zeros). */
export interface UsageSample {
  readonly cpuMs: number
  readonly residentBytes: number
}

/** What one process and its children used in a measurement. */
export interface ProcessUsage {
  readonly name: string
  /** Of one core: 0.5 is half a core, more than 1 is several threads or processes. */
  readonly cores: number
  readonly residentMb: number
}

/** The clock ticks of `/proc/PID/stat`: USER_HZ, which Linux has fixed at 100 for user space. */
const tickMs = 10

/** PostgreSQL is a process for each connection, so children count as their parent's, ended ones too. */
export function sampleUsage(pid: number): UsageSample {
  const pids = [pid, ...descendantsOf(pid)]
  const samples = pids.map((one) => sampleOne(one, pids.length > 1))
  const sum = (key: keyof UsageSample) => samples.reduce((total, sample) => total + sample[key], 0)
  return {
    cpuMs: sum('cpuMs'),
    residentBytes: sum('residentBytes'),
  }
}

function sampleOne(pid: number, hasRelatives: boolean): UsageSample {
  const stat = read(`/proc/${pid}/stat`)
  // The command name is in brackets and may hold spaces; the fields after it are counted from 3. Own
  // time in user and kernel mode, then that of children that have ended.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((total, text) => total + Number(text), 0)
  // Memory that relatives share is counted once: each has its proportional share of it.
  const kilobytes = hasRelatives
    ? field(read(`/proc/${pid}/smaps_rollup`), 'Pss')
    : field(read(`/proc/${pid}/status`), 'VmRSS')
  return {
    cpuMs: ticks * tickMs,
    residentBytes: kilobytes * 1_024,
  }
}

function descendantsOf(pid: number): readonly number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((text) => text !== '')
    .map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
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
