import type { Output } from '../terminal.ts'
import { escapeControls } from './escape.ts'
import type { Style } from './paint.ts'

const levels: readonly (readonly [number, string, Style])[] = [
  [60, 'fatal', ['red', 'bold']],
  [50, 'error', 'red'],
  [40, 'warn', 'yellow'],
  [30, 'info', 'cyan'],
  [20, 'debug', 'dim'],
  [0, 'trace', 'dim'],
]

/** A destination for pino that turns its JSON lines into short ones for people. */
export function createPrettyStream(output: Output): { write(line: string): void } {
  return { write: (line) => output.write(`${prettyLine(line, output)}\n`) }
}

/** One line of the log: time of day, level, message, further fields. */
export function prettyLine(line: string, { paint }: Pick<Output, 'paint'>): string {
  const record = parseRecord(line)
  if (record === undefined) return escapeControls(line.trimEnd())
  const { level, time, msg, err, ...fields } = record
  const [, word, style] = levels.find(([from]) => Number(level) >= from) ?? [0, 'info', 'cyan']
  const rest = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .map(escapeControls)
    .join(' ')
  const head = [
    paint('dim', timeOfDay(time)),
    paint(style, word.padEnd(5)),
    escapeControls(String(msg ?? '')),
    paint('dim', rest),
  ]
    .filter((part) => part !== '')
    .join(' ')
  return err === undefined ? head : `${head}\n${paint('dim', errorText(err))}`
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function timeOfDay(time: unknown): string {
  const date = new Date(typeof time === 'string' || typeof time === 'number' ? time : Number.NaN)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(11, 23)
}

function errorText(error: unknown): string {
  const stack =
    typeof error === 'object' && error !== null && 'stack' in error
      ? String(error.stack)
      : JSON.stringify(error)
  return stack
    .split('\n')
    .map((line) => `  ${escapeControls(line)}`)
    .join('\n')
}
