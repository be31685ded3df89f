import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file of the repository; `path` is relative to its root, with slashes. */
export interface RepositoryFile {
  readonly path: string
  readonly text: string
}

const foldersLeftOut = new Set(['node_modules', 'dist', 'coverage'])
const extensionsRead = /\.(ts|mts|mjs|md|json|yaml|sql)$/

/** Every text file that people write, in a stable order. */
export function readRepository(): readonly RepositoryFile[] {
  return walk('').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function walk(folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        const hidden = entry.name.startsWith('.') && entry.name !== '.ci'
        return hidden || foldersLeftOut.has(entry.name) ? [] : walk(path)
      }
      return entry.isFile() && extensionsRead.test(entry.name) ? [path] : []
    })
}

/** What people write in TypeScript or JavaScript; declarations (`.d.ts`) are made by the compiler. */
export function isCode(file: RepositoryFile): boolean {
  return /\.(ts|mts|mjs)$/.test(file.path) && !file.path.endsWith('.d.ts')
}

export function isTest(file: RepositoryFile): boolean {
  return file.path.endsWith('.test.ts')
}

/**
 * Code that only tests load: test files, contract suites and what stands in a `test` folder. None of it
 * is published.
 */
export function isTestOnly(file: RepositoryFile): boolean {
  return (
    isTest(file) ||
    /(^|\/)(contract|sharing-contract|testing|test)(\/|(-[a-z-]+)?\.ts$)/.test(file.path)
  )
}
