import type { DiagnosticCode } from './check/catalogue.ts'

/** A place in a flow's text. Lines and columns count from 1, offsets (UTF-16 units) from 0. */
export interface SourceRange {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly startOffset: number
  readonly endOffset: number
}

/** A repair of the text: the edits are applied together, none overlaps another. */
export interface Fix {
  readonly title: string
  readonly edits: readonly {
    readonly startOffset: number
    readonly endOffset: number
    readonly newText: string
  }[]
}

export type Severity = 'error' | 'warning' | 'hint'

/** One finding of the checker, the same in CLI, API and designer. */
export interface Diagnostic {
  /** A key of `check/catalogue.ts`; its page is `docs/diagnostics/<code>.md`. */
  readonly code: DiagnosticCode
  readonly severity: Severity
  /** A sentence: what was expected, then what was found. */
  readonly message: string
  readonly file?: string
  readonly range: SourceRange
  /** Where in the document: `['states', 'OrderCreated', 'on', 'PaymentOK']`. */
  readonly path: readonly (string | number)[]
  /** The moves that lead to the finding, where the checker explored the state space. */
  readonly trace?: readonly string[]
  readonly fix?: Fix
}
