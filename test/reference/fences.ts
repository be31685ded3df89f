import { readFileSync } from 'node:fs'

/** One fenced sample of a document. */
export interface Sample {
  /** What stands after the three backticks: `yaml flow`. */
  readonly kind: string
  readonly line: number
  readonly text: string
}

/** The samples of a document of the reference. */
export function samplesOf(document: string): readonly Sample[] {
  const text = readFileSync(new URL(`../../docs/reference/${document}`, import.meta.url), 'utf8')
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    kind: match[1] ?? '',
    line: text.slice(0, match.index).split('\n').length,
    text: match[2] ?? '',
  }))
}
