import { describeMachine } from './measure/machine.ts'
import { lockBench } from './measure/one-bench-lock.ts'
import { readOptions } from './options.ts'
import type { CaseResult } from './order-saga/case-result.ts'
import { runCase, workFolder } from './order-saga/run-case.ts'
import { judgeGoals } from './report/goals.ts'
import { printReport } from './report/print-report.ts'
import { openResultsFile } from './report/results-file.ts'

/** `npm run bench`: measures every case one after the other, so that one run can be compared. */
const options = readOptions(process.argv.slice(2))
try {
  lockBench(workFolder)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
// Leaving by `exit` ends the processes that were started.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const machine = describeMachine()
const startedAt = new Date()
const file = openResultsFile(startedAt)
file.add({ kind: 'run', startedAt: startedAt.toISOString(), machine, options })

console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}`)
console.log(
  `Node ${machine.node}; ${options.seconds} s each after ${options.warmUpSeconds} s of warm-up, ` +
    `${options.inFlight} orders in flight, closed loop, driver and services on the same machine\n`,
)

const results: CaseResult[] = []
for (const name of options.cases) {
  console.log(`measuring ${name} …`)
  const result = await runCase(name, options)
  results.push(result)
  file.add(result)
}
file.add({ kind: 'goals', goals: judgeGoals(results) })
printReport(results)
console.log(`\nEvery figure: ${file.path}`)
// A case that was asked for and failed is a failure; a missed goal is a result.
if (results.some(({ kind }) => kind === 'skipped')) process.exitCode = 1
