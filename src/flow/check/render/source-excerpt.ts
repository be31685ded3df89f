import type { Severity, SourceRange } from '../../diagnostic.ts'
import type { Paint } from './ansi.ts'
import { displayText, displayWidth } from './display-text.ts'

/** Longer lines are cut around the place. */
const excerptCharacters = 120

/** The line of a range with its number, and carets below it. */
export function sourceExcerpt(
  lines: readonly string[],
  range: SourceRange,
  severity: Severity,
  gutterWidth: number,
  paint: Paint,
): readonly string[] {
  const line = lines[range.line - 1] ?? ''
  const start = range.column - 1
  const isOneLine = range.endLine === range.line
  const end = Math.max(isOneLine ? range.endColumn - 1 : line.trimEnd().length, start + 1)
  const window = windowAround(line, start, end)
  const shown = line.slice(window.start, window.end)
  const before = displayWidth(line.slice(window.start, start)) + window.mark.length
  const width = Math.max(displayWidth(line.slice(start, Math.min(end, window.end))), 1)
  const carets = '^'.repeat(width) + (isOneLine ? '' : ' …')
  const number = String(range.line).padStart(gutterWidth)
  return [
    gutter(gutterWidth, paint),
    `${paint('faint', `${number} |`)} ${window.mark}${displayText(shown)}`.trimEnd(),
    `${gutter(gutterWidth, paint)} ${' '.repeat(before)}${paint(severity, carets)}`,
  ]
}

export function gutter(gutterWidth: number, paint: Paint): string {
  return paint('faint', `${' '.repeat(gutterWidth)} |`)
}

function windowAround(line: string, start: number, end: number) {
  if (line.length <= excerptCharacters) return { start: 0, end: line.length, mark: '' }
  const visible = Math.min(end - start, excerptCharacters / 2)
  const room = Math.floor((excerptCharacters - visible) / 2)
  const from = Math.max(0, Math.min(start - room, line.length - excerptCharacters))
  return { start: from, end: from + excerptCharacters, mark: from === 0 ? '' : '…' }
}
