import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runTool } from './run.mjs'
import { summarize } from './vitest-summary.mjs'

/**
 * Runs Vitest, which shows its progress and every failure in full, and counts from its report.
 * @param {readonly string[]} patterns parts of the paths of the test files to run; none: all
 */
export async function runVitest(patterns) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-tests-'))
  const reportFile = join(folder, 'report.json')
  try {
    const { exitCode } = await runTool(
      'vitest',
      [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${reportFile}`,
        ...patterns,
      ],
      { show: true },
    )
    const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined
    return summarize(report, exitCode)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
