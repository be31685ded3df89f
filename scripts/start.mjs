/**
 * `npm start`: brings what is missing, then runs the order example. Flags after `--` and the
 * environment go to it unchanged.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'

import { buildClient } from './build-client.mjs'
import { ensureInstalled } from './install.mjs'
import { projectEnvironment, projectNode, root } from './project.mjs'

/** One Ctrl-C can reach us twice, through the terminal and through npm. */
const repeatWithinMs = 500
const parentCheckMs = 500

await ensureInstalled()
const built = await buildClient()
if (built.exitCode !== 0) {
  process.stderr.write(`The client library could not be built:\n${built.output}\n`)
  process.exit(1)
}
runExample()

function runExample() {
  const program = join(root, 'examples', 'order', 'run.ts')
  const child = spawn(projectNode() ?? process.execPath, [program, ...process.argv.slice(2)], {
    cwd: root,
    env: projectEnvironment(),
    stdio: 'inherit',
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    forward(signal, child)
  stopWithParent(child)
  child.on('error', (error) => {
    process.stderr.write(`The example could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0))
  })
}

/**
 * @param {NodeJS.Signals} signal
 * @param {import('node:child_process').ChildProcess} child
 */
function forward(signal, child) {
  let lastAt = 0
  process.on(signal, () => {
    // A terminal sends Ctrl-C to every process in its foreground, so the child has it already.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    const now = Date.now()
    if (now - lastAt > repeatWithinMs) child.kill(signal)
    lastAt = now
  })
}

/**
 * When npm alone is told to stop, it ends the shell in between and leaves us without a parent: then
 * the example is told to stop as well, instead of running on unseen.
 * @param {import('node:child_process').ChildProcess} child
 */
function stopWithParent(child) {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  const check = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(check)
    child.kill('SIGTERM')
  }, parentCheckMs)
}
