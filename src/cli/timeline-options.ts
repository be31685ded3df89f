import type { CommandContext } from './context.ts'
import type { TimelineOptions } from './render/timeline.ts'

/** How timelines look on this terminal. */
export function timelineOptions({ terminal }: CommandContext): Omit<TimelineOptions, 'fold'> {
  const { columns, paint } = terminal.data
  return {
    paint,
    symbols: terminal.symbols,
    unicode: terminal.unicode,
    ...(columns === undefined ? {} : { width: columns }),
  }
}
