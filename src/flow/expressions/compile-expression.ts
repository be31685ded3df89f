import type { Evaluation, Expression, Scope } from '../../kernel/model/expression.ts'
import { compileCel } from './compile-cel.ts'
import type { Compiled, Root } from './compiled.ts'
import { EvaluationFailure } from './failure.ts'
import type { ExpressionProblem } from './failure.ts'
import { createFrame } from './frame.ts'
import { parseCel } from './parse-cel.ts'
import { toJson } from './to-json.ts'

/** Compiles one CEL expression; throws an `ExpressionProblem`, hands suspicious things to `warn`. */
export function compileText(
  text: string,
  roots: ReadonlyMap<string, Root>,
  warn: (problem: ExpressionProblem) => void,
): Compiled {
  return compileCel(parseCel(text), { text, roots, locals: new Map(), compile: compileCel, warn })
}

/** Makes what the kernel calls: pure, total, always ending. */
export function toExpression(source: string, { run, isJson }: Compiled, salt: string): Expression {
  return { source, evaluate }

  function evaluate(scope: Scope): Evaluation {
    const frame = createFrame(scope, salt)
    try {
      const value = run(frame)
      // What came out of the scope went in as JSON: walking through all of it would be wasted.
      return { ok: true, value: isJson ? (value as never) : toJson(value, frame) }
    } catch (failure) {
      return { ok: false, error: messageOf(failure) }
    }
  }
}

function messageOf(failure: unknown): string {
  if (failure instanceof EvaluationFailure) return failure.message
  if (failure instanceof RangeError) return 'Expected a smaller value, found one beyond all limits.'
  return `Expected a value, found an error: ${String(failure)}.`
}
