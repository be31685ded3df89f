/**
 * Runs one program for as long as somebody holds the other end of standard input, whatever happens to
 * that somebody: even after `kill -9` no server stays behind.
 *
 * `node keeper.mjs '{"command":…,"args":[…],"removeWhenAbandoned":[…],"whenAbandoned":[[…]]}'`
 */
import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'

/**
 * @typedef {object} Order
 * @property {string} command
 * @property {readonly string[]} args
 * @property {readonly string[]} removeWhenAbandoned files and folders
 * @property {readonly (readonly string[])[]} whenAbandoned commands that end what is not a child
 * @property {{ readonly uid: number, readonly gid: number }} [user] absent: as ourselves
 */

const order = /** @type {Order} */ (JSON.parse(process.argv[2] ?? ''))
const child = spawn(order.command, [...order.args], {
  ...order.user,
  stdio: ['ignore', 'inherit', 'inherit'],
})
let isAbandoned = false

child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(127)
})
child.once('exit', (code) => {
  if (isAbandoned) clean()
  process.exit(code ?? 1)
})
process.stdin.on('data', (signals) => {
  for (const signal of signals.toString().trim().split('\n')) {
    child.kill(/** @type {NodeJS.Signals} */ (signal))
  }
})
process.stdin.once('end', () => {
  isAbandoned = true
  child.kill('SIGKILL')
})
// The terminal's Ctrl-C is for the one who holds the other end.
process.on('SIGINT', () => {})

function clean() {
  for (const [command, ...args] of order.whenAbandoned) {
    if (command !== undefined) spawnSync(command, args, { stdio: 'ignore' })
  }
  for (const path of order.removeWhenAbandoned) rmSync(path, { recursive: true, force: true })
}
