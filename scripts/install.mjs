import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { npm, projectNode, root } from './project.mjs'
import { withProgress } from './progress.mjs'
import { run } from './run.mjs'

const lockFile = join(root, 'package-lock.json')
const modules = join(root, 'node_modules')
/** Holds the hash of the lock file that `node_modules` was installed from. */
const stampFile = join(modules, '.signalbox-installed')
/** npm's own record of what it installed. */
const installedFile = join(modules, '.package-lock.json')

/**
 * Makes sure that the dependencies of the lock file are there, together with the Node that runs the
 * project. Ends the process with advice when that is not possible.
 */
export async function ensureInstalled() {
  if (isInstalled() && projectNode() !== undefined) return
  const { command, args, shell } = npm()
  const result = await withProgress(
    'Installing dependencies',
    () =>
      run(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        env: process.env,
        shell,
      }),
    ({ exitCode }) => exitCode === 0,
  )
  if (result.exitCode !== 0) {
    fail(result.output, [
      'npm ci failed; what it said is above.',
      'Most often the npm registry cannot be reached: try `npm ping`, then run this again.',
    ])
  }
  if (projectNode() === undefined) {
    fail(result.output, [
      `Expected Node 24 in node_modules/node/bin, found none (this is Node ${process.versions.node}).`,
      'The `node` package brings it with an install script, which npm did not run.',
      'Check that `npm config get ignore-scripts` says false, remove node_modules, run this again;',
      'or install Node 24 yourself and run this with it.',
    ])
  }
  stampInstalled()
}

/** Records that what the lock file says is installed. */
export function stampInstalled() {
  if (existsSync(modules)) writeFileSync(stampFile, lockHash())
}

/**
 * An installation is as good as new if it was made from the same lock file; one that was made without
 * our stamp, if it is younger than the lock file.
 */
function isInstalled() {
  if (!existsSync(installedFile)) return false
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash()) return true
  return statSync(installedFile).mtimeMs >= statSync(lockFile).mtimeMs
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex')
}

/**
 * @param {string} output
 * @param {readonly string[]} advice
 * @returns {never}
 */
function fail(output, advice) {
  process.stderr.write(`${output.trimEnd()}\n\n${advice.join('\n')}\n`)
  process.exit(1)
}
