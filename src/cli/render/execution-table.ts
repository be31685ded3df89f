import type { ExecutionSummary } from '../../http/wire/execution-view.ts'
import { formatAgo, formatDuration } from './duration.ts'
import type { Paint } from './paint.ts'
import { paintStatus, statusText } from './status.ts'
import type { Symbols } from './symbols.ts'
import { renderTable } from './table.ts'

export interface ExecutionTableOptions {
  readonly paint: Paint
  readonly symbols: Symbols
  readonly unicode: boolean
  readonly now: number
  readonly width?: number
}

/** Executions as a table that fits the terminal. Ids are never cut: people copy them. */
export function renderExecutionTable(
  executions: readonly ExecutionSummary[],
  options: ExecutionTableOptions,
): string {
  const { paint, symbols, unicode, now, width } = options
  return renderTable(
    [
      { title: 'EXECUTION', text: ({ id }) => id },
      { title: 'FLOW', text: ({ flow, version }) => `${flow} v${version}`, shrinkTo: 8 },
      { title: 'KEY', text: ({ key }) => key ?? '', shrinkTo: 6 },
      {
        title: 'STATUS',
        text: ({ status }) => statusText(status, symbols, unicode),
        paint: (padded, { status }) => paintStatus(paint, status, padded),
      },
      { title: 'NODE', text: ({ node }) => node, shrinkTo: 8 },
      {
        title: 'STARTED',
        text: ({ startedAt }) => formatAgo(Date.parse(startedAt), now),
        shrinkTo: 8,
      },
      { title: 'TOOK', text: (execution) => tookText(execution), align: 'right' },
    ],
    executions,
    { paintTitle: (title) => paint('bold', title), ...(width === undefined ? {} : { width }) },
  )
}

function tookText({ startedAt, finishedAt }: ExecutionSummary): string {
  return finishedAt === undefined
    ? ''
    : formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))
}
