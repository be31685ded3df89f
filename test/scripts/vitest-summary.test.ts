import { describe, expect, test } from 'vitest'

import { summarize } from '../../scripts/vitest-summary.mjs'

const file = (status: string, ...tests: string[]) => ({
  name: 'some.test.ts',
  status,
  assertionResults: tests.map((testStatus, index) => ({
    fullName: `test ${index}`,
    status: testStatus,
  })),
})

describe('the last line of npm test', () => {
  test('counts what passed and what failed', () => {
    const report = { testResults: [file('passed', 'passed', 'passed'), file('failed', 'failed')] }
    expect(summarize(report, 1)).toEqual({ passed: 2, failed: 1, notes: [] })
  })

  test('a file that cannot be loaded is a failure', () => {
    const report = { testResults: [file('passed', 'passed'), file('failed')] }
    const { passed, failed, notes } = summarize(report, 1)
    expect({ passed, failed }).toEqual({ passed: 1, failed: 1 })
    expect(notes).toEqual(['Could not be loaded: some.test.ts'])
  })

  test('a failure outside every test is a failure', () => {
    const report = { testResults: [file('passed', 'passed')] }
    expect(summarize(report, 1).failed).toBe(1)
  })

  test('a run without a report is a failure', () => {
    expect(summarize(undefined, 0).failed).toBe(1)
  })

  test('a run without tests is a failure', () => {
    expect(summarize({ testResults: [] }, 0).failed).toBe(1)
  })

  test('a skipped test is named', () => {
    const report = { testResults: [file('passed', 'passed', 'skipped')] }
    expect(summarize(report, 0)).toEqual({ passed: 1, failed: 0, notes: ['Skipped: test 1'] })
  })
})
