import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { launcher, root } from './project.mjs'
import { runTool } from './run.mjs'

const folder = join(root, 'client')
const config = join(folder, 'tsconfig.build.json')
const door = join(folder, 'dist', 'index.js')

/**
 * Builds `client/dist` if it is older than the client's source: examples and tests import
 * `@signalbox/client` as its users do, through what is published.
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function buildClient() {
  if (!existsSync(config) || !existsSync(launcher('tsc')) || isFresh()) {
    return { exitCode: 0, output: '' }
  }
  return runTool('tsc', ['-p', config])
}

function isFresh() {
  if (!existsSync(door)) return false
  const builtAt = statSync(door).mtimeMs
  const sources = [config, join(root, 'tsconfig.base.json'), ...sourceFiles()]
  return sources.every((file) => statSync(file).mtimeMs <= builtAt)
}

function sourceFiles() {
  const source = join(folder, 'src')
  return readdirSync(source, { recursive: true }).map((name) => join(source, name.toString()))
}
