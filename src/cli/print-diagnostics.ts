import { renderDiagnostics, renderSummary } from '../flow/check/render-diagnostics.ts'
import type { Diagnostic } from '../flow/diagnostic.ts'
import type { Output } from './terminal.ts'

/** The findings in one text. */
export interface Findings {
  /** As whoever reads it would name it; the server knows only the last part. */
  readonly file: string
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Prints findings as a compiler does; nothing if there are none. */
export function printDiagnostics(output: Output, { file, text, diagnostics }: Findings): void {
  if (diagnostics.length === 0) return
  const named = diagnostics.map((diagnostic) => ({ ...diagnostic, file }))
  output.write(`${renderDiagnostics(named, { text, file, color: output.hasColors })}\n`)
}

/** How many findings there are, in words. */
export function summary(output: Output, diagnostics: readonly Diagnostic[]): string {
  return renderSummary(diagnostics, { color: output.hasColors })
}
