import type { Evaluation, Expression, Scope } from '../model/expression.ts'
import type { Json } from '../model/json.ts'
import type { Draft } from './draft.ts'

/** The event in whose light expressions are evaluated. */
export interface EventInScope {
  readonly name: string
  readonly data: Json
  readonly id: string
}

export function evaluate(draft: Draft, expression: Expression, event?: EventInScope): Evaluation {
  return expression.evaluate(scopeOf(draft, event))
}

function scopeOf(draft: Draft, event: EventInScope | undefined): Scope {
  const { execution, message } = draft
  const { outcome } = execution
  return {
    input: execution.input,
    state: execution.state,
    ...(event === undefined ? {} : { event }),
    ...(outcome?.code === undefined
      ? {}
      : { error: { code: outcome.code, message: outcome.message ?? '' } }),
    execution,
    message,
  }
}
