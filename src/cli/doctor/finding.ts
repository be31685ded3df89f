/** One thing that `signalbox doctor` has looked at. */
export interface Finding {
  /** What was looked at: `store`, `channel shop`. */
  readonly subject: string
  readonly level: 'ok' | 'warning' | 'problem'
  readonly found: string
  /** What to do about it; absent where nothing is to be done. */
  readonly advice?: string
}

export const ok = (subject: string, found: string): Finding => ({ subject, level: 'ok', found })

export const warning = (subject: string, found: string, advice: string): Finding => ({
  subject,
  level: 'warning',
  found,
  advice,
})

export const problem = (subject: string, found: string, advice: string): Finding => ({
  subject,
  level: 'problem',
  found,
  advice,
})

/** What a failed look says of itself. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
