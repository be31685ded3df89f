import { spawn } from 'node:child_process'

import { launcher, projectEnvironment, projectNode, root } from './project.mjs'

/**
 * @typedef {object} Result
 * @property {number} exitCode
 * @property {string} output what the program wrote, both streams in the order they arrived
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [shell]
 * @property {boolean} [show] let it write to this terminal instead of collecting the output
 */

/**
 * Runs a program to its end. A program that cannot be started has exit code 127.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Result>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd ?? root,
      env: options.env ?? projectEnvironment(),
      shell: options.shell ?? false,
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    })
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ exitCode: 127, output: error.message }))
    child.on('close', (code) =>
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }),
    )
  })
}

/**
 * Runs a development tool on the project's own Node.
 * @param {import('./project.mjs').Tool} tool
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export function runTool(tool, args, options = {}) {
  return run(projectNode() ?? process.execPath, [launcher(tool), ...args], options)
}
