import type { Diagnostic, Severity } from '../diagnostic.ts'
import { type Paint, paintWith } from './render/ansi.ts'
import { displayText } from './render/display-text.ts'
import { fixPreview } from './render/fix-preview.ts'
import { sourceExcerpt } from './render/source-excerpt.ts'

export interface RenderOptions {
  /** The flow's text, for the excerpts. */
  readonly text: string
  /** For diagnostics that do not name their file. */
  readonly file?: string
  readonly color: boolean
}

/**
 * Diagnostics as a compiler prints them: place, severity, code and sentence; the line of the text
 * with the place marked; the moves that lead there; the repair; and where to read more.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: RenderOptions,
): string {
  const paint = paintWith(options.color)
  const lines = options.text.split(/\r\n|\n|\r/)
  return diagnostics
    .map((diagnostic) => `${renderOne(diagnostic, lines, options, paint).join('\n')}\n`)
    .join('\n')
}

/** How many there are of each severity, as one line: `1 error, 2 warnings`. */
export function renderSummary(
  diagnostics: readonly Diagnostic[],
  options: { readonly color: boolean },
): string {
  const paint = paintWith(options.color)
  const counts = (['error', 'warning', 'hint'] as const)
    .map((severity) => [severity, countOf(diagnostics, severity)] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => paint(severity, `${count} ${severity}${count === 1 ? '' : 's'}`))
  return counts.length === 0 ? 'No problems found.' : counts.join(', ')
}

function countOf(diagnostics: readonly Diagnostic[], severity: Severity): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
}

function renderOne(
  diagnostic: Diagnostic,
  lines: readonly string[],
  options: RenderOptions,
  paint: Paint,
): readonly string[] {
  const { code, severity, message, range, trace = [], fix } = diagnostic
  const file = diagnostic.file ?? options.file
  const place = `${file === undefined ? '' : `${displayText(file)}:`}${range.line}:${range.column}`
  const gutterWidth = String(range.endLine + 1).length
  const note = (text: string) => `${' '.repeat(gutterWidth)} ${paint('faint', '=')} ${text}`
  const moves = trace.map((move, index) => {
    return `${' '.repeat(gutterWidth + 3)}${paint('faint', `${index + 1}.`)} ${displayText(move)}`
  })
  return [
    `${paint('strong', place)} ${paint(severity, `${severity}[${code}]`)} ${displayText(message)}`,
    ...sourceExcerpt(lines, range, severity, gutterWidth, paint),
    ...(moves.length === 0 ? [] : [note('how it comes to this:'), ...moves]),
    ...(fix === undefined
      ? []
      : [
          note(`fix: ${displayText(fix.title)}`),
          ...fixPreview(options.text, fix, gutterWidth, paint),
        ]),
    note(`docs/diagnostics/${code}.md`),
  ]
}
