import type { RegExpEngine, RegExpLike } from 'ajv/dist/types/index.js'
import { EvaluationFailure } from '../expressions/failure.ts'
import { createFrame } from '../expressions/frame.ts'
import { compilePattern } from '../expressions/pattern/compile-pattern.ts'

const scope = {
  input: {},
  state: {},
  execution: { id: '', flow: '', version: 1, startedAt: 0 },
  message: { id: '', at: 0 },
}

/**
 * The patterns of JSON Schemas, searched without backtracking as those of expressions are. The data
 * come from outside, and with JavaScript's own engine a text of forty letters can hold up the whole
 * server for hours when the pattern is an unlucky one such as `^(a+)+$`.
 */
function compileSchemaPattern(source: string): RegExpLike {
  const pattern = compilePattern(source)
  const like = {
    // Ajv tells patterns apart by their text.
    toString: () => source,
    test: (text: string): boolean => {
      try {
        return pattern.test(text, createFrame(scope, ''))
      } catch (failure) {
        // Longer than one evaluation may take: what cannot be checked does not fit.
        if (failure instanceof EvaluationFailure) return false
        throw failure
      }
    },
  }
  return like
}

/** For Ajv, which writes `code` only into validators that are stored as text: ours never are. */
export const schemaPatterns: RegExpEngine = Object.assign(compileSchemaPattern, {
  code: 'schemaPatterns',
})
