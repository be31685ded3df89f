import type { Diagnostic } from '../flow/diagnostic.ts'
import type { CommandContext } from './context.ts'
import { escapeControls } from './render/escape.ts'
import type { Output } from './terminal.ts'

/** The findings in one text. */
export interface Findings {
  readonly file: string
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Prints findings as a compiler does. */
export function printDiagnostics(
  _context: CommandContext,
  output: Output,
  { file, diagnostics }: Findings,
): void {
  for (const { severity, code, message, range } of diagnostics) {
    output.write(
      `${escapeControls(`${file}:${range.line}:${range.column} ${severity} ${code} ${message}`)}\n`,
    )
  }
}

/** How many findings there are, in words. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): {
  readonly errors: number
  readonly warnings: number
  readonly text: string
} {
  const count = (severity: Diagnostic['severity']) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
  const errors = count('error')
  const warnings = count('warning')
  const hints = count('hint')
  const parts = [
    plural(errors, 'error'),
    plural(warnings, 'warning'),
    ...(hints > 0 ? [plural(hints, 'hint')] : []),
  ]
  return { errors, warnings, text: parts.join(', ') }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
