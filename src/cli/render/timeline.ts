import type { Fact } from '../../kernel/model/fact.ts'
import { displayWidth, truncate } from './display-width.ts'
import { formatDuration } from './duration.ts'
import { escapeControls } from './escape.ts'
import { createTimelineMemory, factEntry, remember } from './fact-entry.ts'
import type { Paint } from './paint.ts'
import type { Symbols } from './symbols.ts'
import { foldAttempts, type TimelineEntry } from './timeline-entry.ts'

export interface TimelineOptions {
  readonly paint: Paint
  readonly symbols: Symbols
  readonly unicode: boolean
  /** Columns of the terminal; absent: details are shown up to a fixed length. */
  readonly width?: number
  /** Whether attempts that follow each other become one line. */
  readonly fold: boolean
}

/** A timeline that grows: facts in, lines out. What came before is remembered. */
export interface Timeline {
  render(facts: readonly Fact[]): readonly string[]
}

const offsetWidth = 8
const detailWidthMax = 120
const symbolWordWidth = 5

/** The journal as people read it: one line per fact that matters, times relative to the start. */
export function renderTimeline(facts: readonly Fact[], options: TimelineOptions): string {
  return createTimeline(options).render(facts).join('\n')
}

export function createTimeline(options: TimelineOptions): Timeline {
  const memory = createTimelineMemory()
  let shownOffset: string | undefined
  return {
    render: (facts) => {
      for (const fact of facts) remember(memory, fact)
      const entries = facts
        .map((fact) => factEntry(fact, memory))
        .filter((entry) => entry !== undefined)
      const startedAt = memory.startedAt ?? facts[0]?.at ?? 0
      return (options.fold ? foldAttempts(entries) : entries).map((entry) => {
        const offset = `+${formatDuration(entry.at - startedAt)}`
        const line = layOut(entry, offset === shownOffset ? '' : offset, options)
        shownOffset = offset
        return line
      })
    },
  }
}

function layOut(entry: TimelineEntry, offset: string, options: TimelineOptions): string {
  const { paint, symbols, unicode } = options
  const margin = paint('dim', offset.padStart(offsetWidth))
  const rail = entry.heading === true ? '' : unicode ? paint('dim', '│ ') : '  '
  const symbol = unicode ? symbols[entry.symbol] : symbols[entry.symbol].padEnd(symbolWordWidth)
  const head = `${margin}  ${rail}${paint(entry.style, `${symbol} ${entry.text}`)}`
  if (entry.detail === undefined || entry.detail === '') return head
  const room = Math.min(detailWidthMax, (options.width ?? Infinity) - displayWidth(head) - 2)
  if (room < 4) return head
  return `${head}  ${paint('dim', truncate(escapeControls(entry.detail), room))}`
}
