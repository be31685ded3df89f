import type { Style } from './paint.ts'
import type { Symbols } from './symbols.ts'

/** One line of the timeline before it is laid out. */
export interface TimelineEntry {
  readonly at: number
  readonly symbol: keyof Symbols
  readonly style: Style
  /** Entering a node, or a beginning or end: stands at the margin. */
  readonly heading?: true
  readonly text: string
  /** Said more quietly behind the text, and cut first. */
  readonly detail?: string
  readonly fold?: Fold
}

/**
 * Attempts at the same thing: `failure` replaces the failures before it and counts them, `again`
 * (the next attempt beginning) is left out after a failure.
 */
export interface Fold {
  readonly key: string
  readonly part: 'failure' | 'again'
  /** The text when so many failures are folded into one line. */
  readonly folded?: (count: number) => string
}

/** Folds attempts that follow each other into one line. */
export function foldAttempts(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const folded: TimelineEntry[] = []
  let count = 0
  for (const entry of entries) {
    const last = folded.at(-1)
    const sameFold =
      entry.fold !== undefined && last?.fold?.part === 'failure' && last.fold.key === entry.fold.key
    if (!sameFold) {
      folded.push(entry)
      count = 1
    } else if (entry.fold?.part === 'failure') {
      count++
      const text = entry.fold.folded?.(count) ?? entry.text
      folded[folded.length - 1] = { ...entry, text }
    }
  }
  return folded
}
