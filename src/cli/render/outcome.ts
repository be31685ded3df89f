import type { FinalStatus, Outcome } from '../../kernel/model/execution.ts'
import { formatDuration } from './duration.ts'
import type { Style } from './paint.ts'
import type { Symbols } from './symbols.ts'

const words: Readonly<
  Record<
    FinalStatus,
    { readonly text: string; readonly symbol: keyof Symbols; readonly style: Style }
  >
> = {
  completed: { text: 'completed', symbol: 'ok', style: ['green', 'bold'] },
  failed: { text: 'failed', symbol: 'fail', style: ['red', 'bold'] },
  'rolled-back': { text: 'rolled back', symbol: 'undo', style: ['magenta', 'bold'] },
  cancelled: { text: 'cancelled', symbol: 'fail', style: ['gray', 'bold'] },
}

/** Codes that the kernel gives; others are events and names of the flow's own. */
const codeWords: ReadonlyMap<string, string> = new Map([
  ['OPERATOR', 'an operator'],
  ['TIMEOUT', 'a timer'],
])

/** How an execution ended, in words: `rolled back after 2.3s, because of PaymentKO`. */
export function finishedText(
  finished: { readonly at: number; readonly status: FinalStatus; readonly outcome?: Outcome },
  startedAt: number | undefined,
): { readonly text: string; readonly symbol: keyof Symbols; readonly style: Style } {
  const { text, symbol, style } = words[finished.status]
  const after = startedAt === undefined ? '' : ` after ${formatDuration(finished.at - startedAt)}`
  const code = finished.outcome?.code
  const why = code === undefined ? '' : `, because of ${codeWords.get(code) ?? code}`
  return { text: `${text}${after}${why}`, symbol, style }
}
