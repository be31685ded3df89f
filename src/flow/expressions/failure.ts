/**
 * An expression that cannot be evaluated: thrown inside, a value outside. It is no `Error`, because
 * collecting a stack costs more than the evaluation, and the stack says nothing to a flow's author.
 */
export class EvaluationFailure {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

export function fail(message: string): never {
  throw new EvaluationFailure(message)
}

/** An expression that cannot be compiled; offsets count inside the expression's text. */
export class ExpressionProblem {
  readonly code: 'EXPRESSION_SYNTAX' | 'EXPRESSION_TYPE' | 'EXPRESSION_NAME_UNKNOWN'
  readonly message: string
  readonly start: number
  readonly end: number
  /** What probably was meant, to put in place of the range. */
  readonly suggestion?: string

  constructor(
    code: ExpressionProblem['code'],
    message: string,
    place: { readonly start: number; readonly end: number },
    suggestion?: string,
  ) {
    this.code = code
    this.message = message
    this.start = place.start
    this.end = place.end
    if (suggestion !== undefined) this.suggestion = suggestion
  }
}
