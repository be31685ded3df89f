import type { CaseResult, CeilingCase, GrowthCase, LoadCase } from '../order-saga/case-result.ts'
import { growthOperations } from '../order-saga/growth/growth-report.ts'
import type { LoadMeasurement } from '../order-saga/measure-load.ts'
import { judgeGoals } from './goals.ts'
import { printTable } from './table.ts'

/** Prints what was measured, as far as it was, and which goals were met. */
export function printReport(results: readonly CaseResult[]): void {
  const loads = results.filter((result): result is LoadCase => result.kind === 'load')
  const ceilings = results.filter((result): result is CeilingCase => result.kind === 'ceiling')
  const growths = results.filter((result): result is GrowthCase => result.kind === 'growth')
  if (loads.length > 0) {
    printLoads(loads)
    printProcesses(loads)
  }
  if (ceilings.length > 0) printCeilings(ceilings)
  if (growths.length > 0) printGrowths(growths)
  printDisk(results)
  for (const result of results) {
    if (result.kind === 'skipped')
      console.log(`\n${result.name} was not measured: ${result.reason}`)
  }
  printGoals(results)
}

function printGoals(results: readonly CaseResult[]): void {
  const measured = judgeGoals(results).filter(({ met }) => met !== undefined)
  if (measured.length === 0) return
  console.log('\nGoals')
  printTable(
    ['goal', 'measured', ''],
    measured.map(({ goal, measured, met }) => [goal, measured, met === true ? 'met' : 'MISSED']),
  )
}

function printLoads(loads: readonly LoadCase[]): void {
  console.log('\nWhole sagas: from placing the order until the answer that it has ended')
  printTable(
    ['case', 'sagas/s', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'alone p50', 'alone p99'],
    loads.map(({ name, load: { result }, alone }) => [
      name,
      whole(result.sagasPerSecond),
      result.p50Ms.toFixed(1),
      result.p95Ms.toFixed(1),
      result.p99Ms.toFixed(1),
      result.maxMs.toFixed(1),
      alone.result.p50Ms.toFixed(2),
      alone.result.p99Ms.toFixed(2),
    ]),
    ['left', ...Array.from({ length: 7 }, () => 'right' as const)],
  )
}

function printProcesses(loads: readonly LoadCase[]): void {
  console.log('\nWhat it took, under load')
  printTable(
    ['case', 'process', 'cores', 'CPU µs/saga', 'memory MB', 'kept B/saga', 'written B/saga'],
    loads.flatMap(({ name, load }) => [
      ...load.processes.map((used, at) => [
        at === 0 ? name : '',
        used.name,
        used.cores.toFixed(2),
        whole((used.cores * 1e6) / load.result.sagasPerSecond),
        whole(used.residentMb),
        at === 0 ? whole(load.diskBytesPerSaga) : '',
        at === 0 ? written(load) : '',
      ]),
      ['', 'all', cores(load).toFixed(2), whole((cores(load) * 1e6) / load.result.sagasPerSecond)],
    ]),
    ['left', 'left', ...Array.from({ length: 5 }, () => 'right' as const)],
  )
}

function printCeilings(ceilings: readonly CeilingCase[]): void {
  console.log(
    '\nRows only: a loop that writes groups of sagas, one commit a transition of the group',
  )
  printTable(
    ['case', 'group', 'sagas/s', 'commits/s'],
    ceilings.flatMap(({ name, groups }) =>
      groups.map(({ group, report }, at) => [
        at === 0 ? name : '',
        whole(group),
        whole(report.sagasPerSecond),
        whole(report.commitsPerSecond),
      ]),
    ),
    ['left', 'right', 'right', 'right'],
  )
}

function printGrowths(growths: readonly GrowthCase[]): void {
  console.log(
    '\nAs the store grows: one request after the other, p50 ms / CPU µs of server and store',
  )
  printTable(
    ['case', 'executions', 'store MB', ...growthOperations],
    growths.flatMap(({ name, sizes }) =>
      sizes.map(({ executions, storeBytes, operations }, at) => [
        at === 0 ? name : '',
        whole(executions),
        whole(storeBytes / 1e6),
        ...growthOperations.map((operation) => {
          const { p50Ms, cpuUs } = operations[operation]
          return `${p50Ms.toFixed(2)} / ${whole(cpuUs)}`
        }),
      ]),
    ),
    ['left', ...Array.from({ length: 2 + growthOperations.length }, () => 'right' as const)],
  )
}

function printDisk(results: readonly CaseResult[]): void {
  console.log('\nThe disk before → after each: 4 KiB and fdatasync, one after the other')
  const rows = results.flatMap((result) => {
    if (result.kind === 'skipped') return []
    const { diskBefore, diskAfter } = result.kind === 'load' ? result.load : result
    return [
      [
        result.name,
        `${whole(diskBefore.syncsPerSecond)} → ${whole(diskAfter.syncsPerSecond)}`,
        `${diskBefore.p50Us} → ${diskAfter.p50Us}`,
        `${diskBefore.p99Us} → ${diskAfter.p99Us}`,
      ],
    ]
  })
  printTable(['case', 'syncs/s', 'p50 µs', 'p99 µs'], rows, ['left', 'right', 'right', 'right'])
}

function written({ writtenBytesPerSaga }: LoadMeasurement): string {
  return writtenBytesPerSaga === undefined ? '–' : whole(writtenBytesPerSaga)
}

function cores({ processes }: LoadMeasurement): number {
  return processes.reduce((sum, used) => sum + used.cores, 0)
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
