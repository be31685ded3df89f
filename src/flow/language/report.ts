import { diagnosticKinds } from '../check/catalogue.ts'
import type { DiagnosticCode } from '../check/catalogue.ts'
import type { Diagnostic, Fix, Severity } from '../diagnostic.ts'
import type { ExpressionProblem } from '../expressions/failure.ts'
import type { SourceNode, Span } from '../source/source-node.ts'
import { sourceOffsets } from '../source/string-offsets.ts'
import type { TextPositions } from '../source/text-positions.ts'

export type Path = readonly (string | number)[]

export interface Finding {
  readonly code: DiagnosticCode
  readonly message: string
  readonly span: Span
  readonly path: Path
  readonly severity?: Severity
  readonly fix?: Fix
}

/** Far more findings help nobody, and a hostile text must not fill the memory. */
const findingsMax = 500

/** Collects what is wrong with a text. */
export class Report {
  readonly diagnostics: Diagnostic[] = []
  readonly #text: string
  readonly #positions: TextPositions
  readonly #file: string | undefined

  constructor(text: string, positions: TextPositions, file?: string) {
    this.#text = text
    this.#positions = positions
    this.#file = file
  }

  add(finding: Finding): void {
    if (this.diagnostics.length >= findingsMax) return
    this.diagnostics.push({
      code: finding.code,
      severity: finding.severity ?? diagnosticKinds[finding.code].severity,
      message: finding.message,
      ...(this.#file === undefined ? {} : { file: this.#file }),
      range: this.#positions.rangeOf(finding.span),
      path: finding.path,
      ...(finding.fix === undefined ? {} : { fix: finding.fix }),
    })
  }

  /** Reports a problem inside the text of an expression at its own place. */
  addExpressionProblem(
    node: SourceNode,
    path: Path,
    problem: ExpressionProblem,
    isWarning: boolean,
  ): void {
    const span = this.#spanWithin(node, problem)
    const { suggestion } = problem
    this.add({
      code: problem.code,
      message: problem.message,
      span,
      path,
      ...(isWarning ? { severity: 'warning' as const } : {}),
      ...(suggestion === undefined ? {} : { fix: this.#textFix(span, suggestion) }),
    })
  }

  /** A fix that puts a name in the place of a key or value, within the quotes that are there. */
  replaceFix(span: Span, name: string): Fix {
    const first = this.#text[span.start]
    const isQuoted = first === '"' || first === "'"
    return this.#textFix(isQuoted ? { start: span.start + 1, end: span.end - 1 } : span, name)
  }

  #textFix(span: Span, newText: string): Fix {
    return {
      title: `Replace with ${newText}`,
      edits: [{ startOffset: span.start, endOffset: span.end, newText }],
    }
  }

  #spanWithin(node: SourceNode, problem: ExpressionProblem): Span {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return node.span
    const offsets = sourceOffsets(this.#text, node.span, node.value)
    const start = offsets[Math.min(problem.start, node.value.length)] ?? node.span.start
    const last = offsets[Math.min(problem.end, node.value.length) - 1] ?? start
    return { start, end: Math.max(last, start) + 1 }
  }
}
