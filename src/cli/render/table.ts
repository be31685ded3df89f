import { displayWidth, truncate } from './display-width.ts'
import { escapeControls } from './escape.ts'

/** One column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** May be cut to this many characters when the terminal is narrow; absent: never cut. */
  readonly shrinkTo?: number
  /** Colours the cell after it was padded, so that colours cost no width. */
  readonly paint?: (padded: string, row: Row) => string
}

export interface TableOptions {
  /** Columns of the terminal; absent: as wide as the content. */
  readonly width?: number
  readonly paintTitle?: (text: string) => string
}

const gap = 2

/** A table without rules: titles, then rows; text is escaped and cut, never wrapped. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => columns.map((column) => escapeControls(column.text(row))))
  const widths = fitWidths(
    columns,
    columns.map((column, index) =>
      Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index] ?? ''))),
    ),
    options.width,
  )
  const line = (texts: readonly string[], paint: (padded: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const column = columns[index]
        const last = index === columns.length - 1
        const padded = pad(text, widths[index] ?? 0, column?.align ?? 'left', last)
        return paint(padded, index)
      })
      .join(' '.repeat(gap))
      .trimEnd()
  const paintTitle = options.paintTitle ?? ((text: string) => text)
  return [
    line(
      columns.map(({ title }) => title),
      (padded) => paintTitle(padded),
    ),
    ...rows.map((row, rowIndex) =>
      line(
        cells[rowIndex] ?? [],
        (padded, index) => columns[index]?.paint?.(padded, row) ?? padded,
      ),
    ),
  ].join('\n')
}

/** Takes the missing width from the widest columns that may shrink, one character at a time. */
function fitWidths<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  width: number | undefined,
): readonly number[] {
  const widths = [...natural]
  if (width === undefined) return widths
  let excess = widths.reduce((sum, each) => sum + each, gap * (columns.length - 1)) - width
  while (excess > 0) {
    let widest = -1
    for (const [index, column] of columns.entries()) {
      const current = widths[index] ?? 0
      const shrinkable = column.shrinkTo !== undefined && current > column.shrinkTo
      if (shrinkable && current > (widths[widest] ?? 0)) widest = index
    }
    if (widest === -1) break
    widths[widest] = (widths[widest] ?? 0) - 1
    excess--
  }
  return widths
}

function pad(text: string, width: number, align: 'left' | 'right', last: boolean): string {
  const cut = truncate(text, width)
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)))
  if (align === 'right') return space + cut
  return last ? cut : cut + space
}
