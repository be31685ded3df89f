/**
 * `npm test`: everything that has to hold, in order, from the cheapest check to the longest test.
 * `npm test -- <pattern>` runs only the test files whose path contains the pattern.
 */
import { buildClient } from './build-client.mjs'
import { ensureInstalled } from './install.mjs'
import { withProgress } from './progress.mjs'
import { staticChecks } from './static-checks.mjs'
import { runVitest } from './vitest.mjs'

const patterns = process.argv.slice(2)

await ensureInstalled()
const client = await buildClient()
if (client.exitCode !== 0) process.stderr.write(`The client does not build:\n${client.output}\n`)

const checks = patterns.length === 0 ? await runChecks() : { passed: 0, failed: 0 }
const tests = await runVitest(patterns)

const passed = checks.passed + tests.passed
const failed = checks.failed + tests.failed
for (const line of tests.notes) process.stdout.write(`${line}\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

async function runChecks() {
  let passed = 0
  let failed = 0
  for (const check of staticChecks) {
    const result = await withProgress(check.title, check.run, ({ exitCode }) => exitCode === 0)
    if (result.exitCode === 0) {
      passed += 1
    } else {
      failed += 1
      process.stdout.write(`${result.output.trimEnd()}\n\n`)
    }
  }
  return { passed, failed }
}
