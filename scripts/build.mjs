/**
 * `npm run build`: emits what is published, the server into `dist/` and the client into
 * `client/dist/`. With `--out FOLDER` it lays both packages out there instead, complete and ready for
 * `npm pack`, and leaves the repository as it is.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { ensureInstalled } from './install.mjs'
import { root } from './project.mjs'
import { runTool } from './run.mjs'

/** Files that the server reads at run time beside its code. */
const assetExtensions = ['.sql', '.json', '.yaml']
/** Folders of tests; what they read is not published. */
const testFolder = /[\\/](test|testing)([\\/]|$)/
/** What a manifest says for those who develop, and not for those who install. */
const developmentOnly = new Set(['scripts', 'devDependencies', 'workspaces', 'allowScripts'])

const { values } = parseArgs({ options: { out: { type: 'string' } } })
const out = values.out === undefined ? undefined : resolve(values.out)

await ensureInstalled()
await buildPackage(root, join(root, 'tsconfig.build.json'), out && join(out, 'signalbox'))
await buildPackage(
  join(root, 'client'),
  join(root, 'client', 'tsconfig.build.json'),
  out && join(out, 'client'),
)

/**
 * @param {string} source the package's folder in the repository
 * @param {string} config its tsconfig for building
 * @param {string | undefined} target where to lay the package out; absent: in place
 */
async function buildPackage(source, config, target) {
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const dist = join(target ?? source, 'dist')
  rmSync(dist, { recursive: true, force: true })
  const { exitCode, output } = await runTool('tsc', ['-p', config, '--outDir', dist])
  if (exitCode !== 0) {
    process.stderr.write(`${manifest.name} could not be built:\n${output}\n`)
    process.exit(1)
  }
  if (source === root) copyAssets(join(root, 'src'), dist)
  for (const file of Object.values(manifest.bin ?? {})) {
    chmodSync(join(dirname(dist), String(file)), 0o755)
  }
  if (target !== undefined) copyPublished(source, target, manifest)
  process.stdout.write(`${manifest.name} ${manifest.version} in ${dist}\n`)
}

/**
 * @param {string} source
 * @param {string} dist
 */
function copyAssets(source, dist) {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !assetExtensions.some((extension) => from.endsWith(extension))) continue
    if (
      entry.name.startsWith('tsconfig') ||
      testFolder.test(entry.parentPath.slice(source.length))
    ) {
      continue
    }
    const to = join(dist, from.slice(source.length))
    mkdirSync(dirname(to), { recursive: true })
    cpSync(from, to)
  }
}

/**
 * @param {string} source
 * @param {string} target
 * @param {Record<string, unknown> & { files: readonly string[] }} manifest
 */
function copyPublished(source, target, manifest) {
  for (const name of manifest.files) {
    if (name === 'dist' || !existsSync(join(source, name))) continue
    cpSync(join(source, name), join(target, name), { recursive: true })
  }
  cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
  const published = Object.entries(manifest).filter(([key]) => !developmentOnly.has(key))
  const text = JSON.stringify(Object.fromEntries(published), null, 2)
  writeFileSync(join(target, 'package.json'), `${text}\n`)
}
