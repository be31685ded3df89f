import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { projectNode, root } from './project.mjs'
import { run, runTool } from './run.mjs'

/**
 * @typedef {object} StaticCheck
 * @property {string} title
 * @property {() => Promise<import('./run.mjs').Result>} run
 */

/**
 * What is checked without running the product.
 * @type {readonly StaticCheck[]}
 */
export const staticChecks = [
  { title: 'Types', run: () => checkTypes('tsconfig.json') },
  { title: 'Types: pure kernel', run: () => checkTypes('src/kernel/tsconfig.json') },
  { title: 'Types: client', run: () => checkTypes('client/tsconfig.build.json') },
  { title: 'Lint', run: () => runTool('oxlint', ['--deny-warnings']) },
  { title: 'Format', run: () => runTool('oxfmt', ['--check', '.']) },
  { title: 'Unused code', run: () => runTool('knip', ['--no-progress']) },
  { title: 'Packages', run: checkPackages },
]

/** @param {string} config */
function checkTypes(config) {
  return runTool('tsc', ['-p', config, '--noEmit'])
}

/** Builds both packages outside the repository and has publint judge what would be published. */
async function checkPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-packages-'))
  try {
    const build = join(root, 'scripts', 'build.mjs')
    const built = await run(projectNode() ?? process.execPath, [build, '--out', folder])
    if (built.exitCode !== 0) return built
    for (const name of ['signalbox', 'client']) {
      const judged = await runTool('publint', [join(folder, name), '--strict', '--pack', 'false'])
      if (judged.exitCode !== 0) return judged
    }
    return built
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
