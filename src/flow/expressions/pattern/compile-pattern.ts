import { fail } from '../failure.ts'
import { parsePattern } from './parse-pattern.ts'
import { buildProgram } from './program.ts'
import { runProgram } from './run-program.ts'
import type { Frame } from '../frame.ts'

/** A regular expression whose search takes time in proportion to the text, whatever the pattern. */
export interface Pattern {
  test(text: string, frame: Frame): boolean
}

const patterns = new Map<string, Pattern>()

/**
 * Compiles the regular expressions that CEL has (RE2: no back-references, no look-around), without
 * backtracking: a text from outside can then never make a search run for hours.
 */
export function compilePattern(source: string): Pattern {
  const known = patterns.get(source)
  if (known !== undefined) return known
  if (source.length > 1_000) return fail('Expected a pattern of at most 1000 characters.')
  const program = buildProgram(parsePattern(source))
  const made: Pattern = { test: (text, frame) => runProgram(program, text, frame) }
  // Patterns are almost always literals of a flow; the bound is for those made from data.
  if (patterns.size >= 500) patterns.clear()
  patterns.set(source, made)
  return made
}
