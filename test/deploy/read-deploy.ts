import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..', '..')

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** A file of `deploy/` as data; tests know its shape. */
// oxlint-disable-next-line typescript/no-explicit-any -- YAML, whose shape is what is tested
export function readYaml(path: string): any {
  return parse(readText(path), { merge: true })
}
