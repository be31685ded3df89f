/** What is promised, and was not kept. */
export interface Violation {
  /** What was promised, in a few words: shrinking keeps to the same one. */
  readonly promise: string
  readonly detail: string
}

export interface Violations {
  report(promise: string, detail: string): void
  first(): Violation | undefined
}

export function createViolations(): Violations {
  let first: Violation | undefined
  return {
    report(promise, detail) {
      first ??= { promise, detail }
    },
    first: () => first,
  }
}
