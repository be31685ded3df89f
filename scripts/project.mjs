import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const executable = process.platform === 'win32' ? 'node.exe' : 'node'

/** The Node that the repository brings: everything but these scripts runs on it. */
const broughtNode = join(root, 'node_modules', 'node', 'bin', executable)

const nodeMajorMin = 24

/**
 * The Node to run the project with: its own, else the one that runs this script if it is new enough.
 * @returns {string | undefined} absent when neither will do
 */
export function projectNode() {
  if (existsSync(broughtNode)) return broughtNode
  const major = Number(process.versions.node.split('.')[0])
  return major >= nodeMajorMin ? process.execPath : undefined
}

/** Where the tools' launchers are; each is a script that Node runs. */
const launchers = {
  tsc: 'typescript/bin/tsc',
  oxlint: 'oxlint/bin/oxlint',
  oxfmt: 'oxfmt/bin/oxfmt',
  knip: 'knip/bin/knip.js',
  publint: 'publint/src/cli.js',
  vitest: 'vitest/vitest.mjs',
}

/** @typedef {keyof typeof launchers} Tool */

/**
 * The launcher of a development tool.
 * @param {Tool} tool
 */
export function launcher(tool) {
  return join(root, 'node_modules', ...launchers[tool].split('/'))
}

/**
 * The environment in which a program that says `node` gets the project's own.
 * @returns {NodeJS.ProcessEnv}
 */
export function projectEnvironment() {
  const bin = join(root, 'node_modules', '.bin')
  return { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
}

/**
 * How to call npm: the one that runs this script if there is one, else the one on the path.
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npm() {
  const cli = process.env['npm_execpath']
  if (cli !== undefined && /npm-cli\.(c|m)?js$/.test(cli)) {
    return {
      command: process.env['npm_node_execpath'] ?? process.execPath,
      args: [cli],
      shell: false,
    }
  }
  // On Windows npm is a .cmd file, which only a shell can start.
  const windows = process.platform === 'win32'
  return { command: windows ? 'npm.cmd' : 'npm', args: [], shell: windows }
}
