import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

const project = join(import.meta.dirname, '..', '..', 'tsconfig.build.json')

/** What `exports` of the package names. */
const doors = ['index.d.ts', 'kafka.d.ts']

/**
 * Everything that users of the package can see, as the compiler emits it: the declarations that the
 * doors reach, one module after the other, without what joins them.
 */
export function emittedApi(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-client-'))
  try {
    execFileSync(process.execPath, [compiler(), '-p', project, '--outDir', folder])
    return reachableDeclarations(folder)
      .map((file) => `// ${relative(folder, file)}\n${declarationsIn(file)}\n`)
      .join('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function compiler(): string {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  return join(dirname(manifest), 'bin', 'tsc')
}

function declarationsIn(file: string): string {
  return readFileSync(file, 'utf8')
    .replaceAll(/^(import|export) [^;]*? from '[^']+';\n/gm, '')
    .trim()
}

function reachableDeclarations(folder: string): readonly string[] {
  const files = doors.map((door) => join(folder, door))
  for (const file of files) {
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const found = join(dirname(file), target.replace(/\.[jt]s$/, '.d.ts'))
      if (!files.includes(found)) files.push(found)
    }
  }
  return files.slice(doors.length)
}
