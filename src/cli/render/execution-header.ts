import type { ExecutionView } from '../../http/wire/execution-view.ts'
import { formatAgo, formatDuration } from './duration.ts'
import { escapeControls } from './escape.ts'
import type { Paint } from './paint.ts'
import { paintStatus, statusText } from './status.ts'
import type { Symbols } from './symbols.ts'

export interface HeaderOptions {
  readonly paint: Paint
  readonly symbols: Symbols
  readonly unicode: boolean
  readonly now: number
}

/** Who an execution is, how it is, and what it waits for, in a few lines. */
export function renderExecutionHeader(execution: ExecutionView, options: HeaderOptions): string {
  const { paint, symbols, unicode, now } = options
  const startedAt = Date.parse(execution.startedAt)
  const finishedAt =
    execution.finishedAt === undefined ? undefined : Date.parse(execution.finishedAt)
  const { outcome, incident } = execution
  const why = [outcome?.code, outcome?.message].filter((part) => part !== undefined).join(': ')
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['execution', paint('bold', escapeControls(execution.id))],
    ['flow', escapeControls(`${execution.flow} v${execution.version}`)],
    ['key', execution.key === undefined ? undefined : escapeControls(execution.key)],
    [
      'status',
      paintStatus(paint, execution.status, statusText(execution.status, symbols, unicode)),
    ],
    ['outcome', why === '' ? undefined : escapeControls(why)],
    [
      'node',
      escapeControls(
        execution.node + (execution.stage === undefined ? '' : `  [${execution.stage}]`),
      ),
    ],
    ['started', `${execution.startedAt}  (${formatAgo(startedAt, now)})`],
    [
      finishedAt === undefined ? 'running for' : 'took',
      formatDuration((finishedAt ?? now) - startedAt),
    ],
    [
      'incident',
      incident === undefined
        ? undefined
        : paint('red', escapeControls(`${incident.code}: ${incident.message}`)),
    ],
    ...execution.waitingFor.map(
      (waiting, index) =>
        [index === 0 ? 'waits for' : 'or for', escapeControls(waitingText(waiting, now))] as const,
    ),
    ...compensationTexts(execution).map(
      (text, index) => [index === 0 ? 'undo' : '', escapeControls(text)] as const,
    ),
  ]
  return rows
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${paint('dim', name.padEnd(12))}${value}`],
    )
    .join('\n')
}

/** What was undone, and what a rollback would undo; nothing more can be undone after the end. */
function compensationTexts({ compensations, finishedAt }: ExecutionView): readonly string[] {
  return compensations
    .filter(({ status }) => status !== 'remembered' || finishedAt === undefined)
    .map(({ node, status, outcome }) => {
      const unknown = outcome === 'unknown' ? ' (outcome unknown)' : ''
      return `${node}: ${status === 'remembered' ? 'if rolled back' : status}${unknown}`
    })
}

function waitingText(waiting: ExecutionView['waitingFor'][number], now: number): string {
  return waiting.kind === 'timer'
    ? `${waiting.text}  (${formatAgo(Date.parse(waiting.at), now)})`
    : waiting.text
}
