import { fileURLToPath } from 'node:url'
import { type Child, forkChild } from '../measure/child.ts'
import { type DiskProbe, probeDisk } from '../measure/disk-probe.ts'
import { writtenToDiskBytes } from '../measure/disk-writes.ts'
import { type ProcessUsage, sampleUsage, usageBetween } from '../measure/process-usage.ts'
import type { DriverPlan, DriverReport, LoadResult } from './driver-plan.ts'

/** A system under test that is up and has its services. */
export interface RunningSystem {
  /** Of its servers; the driver's slots are spread over them. */
  readonly urls: readonly string[]
  readonly target: DriverPlan['target']
  /** Everything that works for it but the driver. */
  readonly children: readonly Child[]
  /** A directory on the disk that its store is on. */
  readonly dataDirectory: string
  /** How much the store occupies. */
  readonly storeSizeBytes: () => number
}

export interface LoadOptions {
  readonly slots: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly run: string
  readonly logs: string
}

export interface LoadMeasurement {
  readonly result: LoadResult
  readonly processes: readonly ProcessUsage[]
  readonly diskBytesPerSaga: number
  /** By all programs of the machine; absent where it is not known. */
  readonly writtenBytesPerSaga?: number
  readonly diskBefore: DiskProbe
  readonly diskAfter: DiskProbe
  readonly completedEver: number
}

const driverFile = fileURLToPath(new URL('driver.ts', import.meta.url))

/** Puts a running system under load and measures it, the disk before and after. */
export async function measureLoad(
  system: RunningSystem,
  options: LoadOptions,
): Promise<LoadMeasurement> {
  const diskBefore = probeDisk(system.dataDirectory)
  const plan: DriverPlan = {
    urls: system.urls,
    target: system.target,
    slots: options.slots,
    warmUpMs: options.warmUpMs,
    measureMs: options.measureMs,
    run: options.run,
  }
  const driver = forkChild(driverFile, {
    name: 'driver',
    logs: options.logs,
    arguments: [JSON.stringify(plan)],
  })
  const watched = [...system.children, driver]

  await driver.message<DriverReport>('begun')
  const before = watched.map((child) => sampleUsage(child.pid))
  const bytesBefore = system.storeSizeBytes()
  const writtenBefore = writtenToDiskBytes(system.dataDirectory)

  const { result } = await driver.message<Extract<DriverReport, { kind: 'measured' }>>('measured')
  const after = watched.map((child) => sampleUsage(child.pid))
  const bytesAfter = system.storeSizeBytes()
  const writtenAfter = writtenToDiskBytes(system.dataDirectory)

  const drained = await driver.message<Extract<DriverReport, { kind: 'drained' }>>('drained')
  await driver.stop()
  if (drained.errors.length > 0) {
    throw new Error(`${result.errors} orders did not end well, such as: ${drained.errors[0]}`)
  }

  const processes = watched.flatMap((child, at) => {
    const first = before[at]
    const last = after[at]
    if (first === undefined || last === undefined) return []
    return [usageBetween(child.name, first, last, result.elapsedMs)]
  })
  return {
    result,
    processes,
    diskBytesPerSaga: Math.round((bytesAfter - bytesBefore) / result.sagas),
    ...(writtenBefore !== undefined &&
      writtenAfter !== undefined && {
        writtenBytesPerSaga: Math.round((writtenAfter - writtenBefore) / result.sagas),
      }),
    diskBefore,
    diskAfter: probeDisk(system.dataDirectory),
    completedEver: drained.completedEver,
  }
}
