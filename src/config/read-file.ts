import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import type { Origin } from './configuration.ts'
import type { Problem } from './problem.ts'

/** The configuration file as data, and the way back from data to text. */
export interface ConfigurationFile {
  readonly value: unknown
  /** The place of a path; of its nearest parent if the path is not there. */
  readonly locate: (path: readonly (string | number)[], part: 'key' | 'value') => Origin
  readonly problems: readonly Problem[]
}

/** Reads YAML (hence JSON too). Syntax errors are problems with their places, not exceptions. */
export function readConfigurationFile(path: string, cwd: string): ConfigurationFile {
  const text = readText(path)
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const file = shortPath(path, cwd)
  const place = (offset: number): Origin => {
    const { line, col } = lineCounter.linePos(offset)
    return { kind: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    origin: place(error.pos[0]),
    key: '',
    message: `expected YAML, found: ${error.message}`,
  }))
  const locate = (path: readonly (string | number)[], part: 'key' | 'value'): Origin =>
    place(offsetOf(document.contents, path, part))
  if (problems.length > 0) return { value: undefined, locate, problems }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) ?? {}, locate, problems }
  } catch (error) {
    const message = `expected YAML, found: ${error instanceof Error ? error.message : String(error)}`
    return { value: undefined, locate, problems: [{ origin: place(0), key: '', message }] }
  }
}

function readText(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new SignalboxError(
      'CONFIG_NOT_FOUND',
      `expected a configuration file at ${path}, found none that can be read (${reason})`,
      { cause },
    )
  }
  if (bytes.length > limits.configurationBytes) {
    throw new SignalboxError(
      'CONFIG_INVALID',
      `${path}: expected at most ${limits.configurationBytes} bytes, found ${bytes.length}`,
    )
  }
  return bytes.toString('utf8')
}

function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

function offsetOf(
  contents: unknown,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): number {
  let node = contents
  let offset = startOf(node) ?? 0
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? key.value : key) === step)
      if (pair === undefined) break
      const keyOffset = startOf(pair.key) ?? offset
      offset = last && part === 'key' ? keyOffset : (startOf(pair.value) ?? keyOffset)
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = startOf(node) ?? offset
    } else break
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
