/**
 * The part of Vitest's JSON report that is counted.
 * @typedef {object} Report
 * @property {readonly FileReport[]} testResults
 */

/**
 * @typedef {object} FileReport
 * @property {string} name
 * @property {string} status
 * @property {readonly { fullName: string, status: string }[]} assertionResults
 */

/**
 * Counts tests. A file that could not be loaded counts as one failure, and so does a run that failed
 * outside every test: nothing that went wrong is lost in the last line.
 * @param {Report | undefined} report absent when Vitest ended without one
 * @param {number} exitCode
 * @returns {{ passed: number, failed: number, notes: string[] }}
 */
export function summarize(report, exitCode) {
  if (report === undefined) {
    return { passed: 0, failed: 1, notes: ['Vitest ended without a report: see above.'] }
  }
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const passed = tests.filter((test) => test.status === 'passed').length
  const failedTests = tests.filter((test) => test.status === 'failed').length
  const brokenFiles = report.testResults.filter(isBroken)
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed')

  const notes = [
    ...brokenFiles.map((file) => `Could not be loaded: ${file.name}`),
    ...skipped.map((test) => `Skipped: ${test.fullName}`),
  ]
  let failed = failedTests + brokenFiles.length
  if (failed === 0 && exitCode !== 0) {
    failed = 1
    notes.push(`Vitest failed outside every test (exit code ${exitCode}): see above.`)
  }
  if (failed === 0 && tests.length === 0) {
    failed = 1
    notes.push('Expected at least one test, found none.')
  }
  return { passed, failed, notes }
}

/** @param {FileReport} file */
function isBroken(file) {
  return file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')
}
