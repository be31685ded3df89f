import type { SourceRange } from '../diagnostic.ts'
import type { Span } from './source-node.ts'

/** Turns offsets into lines and columns, both from 1. Lines end at `\n`, `\r\n` or `\r`. */
export class TextPositions {
  readonly #lineStarts: readonly number[]
  readonly #length: number

  constructor(text: string) {
    const starts = [0]
    for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
    this.#lineStarts = starts
    this.#length = text.length
  }

  rangeOf(span: Span): SourceRange {
    const startOffset = Math.min(Math.max(span.start, 0), this.#length)
    const endOffset = Math.min(Math.max(span.end, startOffset), this.#length)
    const start = this.#positionOf(startOffset)
    const end = this.#positionOf(endOffset)
    return {
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      startOffset,
      endOffset,
    }
  }

  #positionOf(offset: number): { line: number; column: number } {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 }
  }
}
