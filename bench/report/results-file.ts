import { appendFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file of JSON lines for this run: the first is the run itself, each further one a case. */
export function openResultsFile(at: Date): { readonly path: string; add(line: object): void } {
  const folder = fileURLToPath(new URL('../results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const path = `${folder}${at.toISOString().replaceAll(':', '-')}.json`
  return { path, add: (line) => appendFileSync(path, `${JSON.stringify(line)}\n`) }
}
