import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { projectEnvironment } from './project.mjs'
import { runTool } from './run.mjs'
import { summarize } from './vitest-summary.mjs'

/**
 * Runs Vitest, which shows its progress and every failure in full, and counts from its report.
 * @param {readonly string[]} patterns parts of the paths of the test files to run; none: all
 */
export async function runVitest(patterns) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-tests-'))
  const reportFile = join(folder, 'report.json')
  // What the run has to say besides, such as tests that were left out: see test/infrastructure.
  const notesFile = join(folder, 'notes.txt')
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
      { show: true, env: { ...projectEnvironment(), SIGNALBOX_TEST_NOTES: notesFile } },
    )
    const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined
    const { notes, ...counts } = summarize(report, exitCode)
    return { ...counts, notes: [...notes, ...linesOf(notesFile)] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} file */
function linesOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}
