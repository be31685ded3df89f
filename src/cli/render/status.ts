import type { Status } from '../../kernel/model/execution.ts'
import type { Paint, Style } from './paint.ts'
import type { Symbols } from './symbols.ts'

const appearance: Readonly<
  Record<Status, { readonly symbol: keyof Symbols; readonly style: Style }>
> = {
  running: { symbol: 'run', style: 'blue' },
  waiting: { symbol: 'wait', style: 'blue' },
  compensating: { symbol: 'undo', style: 'yellow' },
  incident: { symbol: 'alert', style: ['red', 'bold'] },
  paused: { symbol: 'pause', style: 'yellow' },
  completed: { symbol: 'ok', style: 'green' },
  failed: { symbol: 'fail', style: 'red' },
  'rolled-back': { symbol: 'undo', style: 'magenta' },
  cancelled: { symbol: 'fail', style: 'gray' },
}

/** The status with its sign; only the word where signs cannot be shown. */
export function statusText(status: Status, symbols: Symbols, unicode: boolean): string {
  return unicode ? `${symbols[appearance[status].symbol]} ${status}` : status
}

export function paintStatus(paint: Paint, status: Status, text: string): string {
  return paint(appearance[status].style, text)
}
