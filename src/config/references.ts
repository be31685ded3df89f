import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { limits } from '../kernel/limits.ts'
import type { Environment } from './environment.ts'

/** What came of resolving the references within a value. */
export interface Resolved {
  readonly value: unknown
  /** Paths (within the value) of strings that were references, hence secret. */
  readonly referencePaths: readonly (readonly (string | number)[])[]
  readonly failures: readonly {
    readonly path: readonly (string | number)[]
    readonly message: string
  }[]
}

/**
 * Replaces every string `file:PATH` by the content of the file (without the line break at its end)
 * and every `env:NAME` by the variable. Relative paths start at `folder`.
 */
export function resolveReferences(value: unknown, env: Environment, folder: string): Resolved {
  const referencePaths: (readonly (string | number)[])[] = []
  const failures: { path: readonly (string | number)[]; message: string }[] = []

  const visit = (item: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof item === 'string') {
      const reference = readReference(item, env, folder)
      if (reference === undefined) return item
      referencePaths.push(path)
      if (reference.ok) return reference.value
      failures.push({ path, message: reference.message })
      return item
    }
    if (Array.isArray(item)) return item.map((entry, index) => visit(entry, [...path, index]))
    if (typeof item === 'object' && item !== null) {
      return Object.fromEntries(
        Object.entries(item).map(([key, entry]) => [key, visit(entry, [...path, key])]),
      )
    }
    return item
  }
  return { value: visit(value, []), referencePaths, failures }
}

type Reference = { ok: true; value: string } | { ok: false; message: string }

function readReference(text: string, env: Environment, folder: string): Reference | undefined {
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1]
  if (variable !== undefined) {
    const value = env[variable]
    return value === undefined
      ? { ok: false, message: `expected the variable ${variable}, found that it is not set` }
      : { ok: true, value }
  }
  if (!text.startsWith('file:')) return undefined
  const path = resolve(folder, text.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))
  try {
    const content = readFileSync(path)
    if (content.length > limits.secretBytes) {
      const found = `expected at most ${limits.secretBytes} bytes in ${path}, found ${content.length}`
      return { ok: false, message: found }
    }
    return { ok: true, value: content.toString('utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return {
      ok: false,
      message: `expected a file at ${path}, found none that can be read (${reason})`,
    }
  }
}
