import type { Fix } from '../../diagnostic.ts'
import type { Paint } from './ansi.ts'
import { displayText } from './display-text.ts'

/** A fix as the lines that it removes and adds. */
export function fixPreview(
  text: string,
  fix: Fix,
  gutterWidth: number,
  paint: Paint,
): readonly string[] {
  return fix.edits.flatMap(({ startOffset, endOffset, newText }) => {
    const from = text.lastIndexOf('\n', startOffset - 1) + 1
    const lineEnd = text.indexOf('\n', endOffset)
    const to = lineEnd < 0 ? text.length : lineEnd
    const before = text.slice(from, to).split('\n')
    const after = (text.slice(from, startOffset) + newText + text.slice(endOffset, to)).split('\n')
    let same = 0
    while (same < before.length && before.at(-1 - same) === after.at(-1 - same)) same += 1
    const firstLine = text.slice(0, from).split('\n').length
    const show = (sign: '+' | '-', lines: readonly string[]) =>
      lines.slice(0, lines.length - same).map((line, index) => {
        const number = String(firstLine + index).padStart(gutterWidth)
        const style = sign === '+' ? 'added' : 'removed'
        return paint(style, `${number} ${sign} ${displayText(line.trimEnd())}`)
      })
    return [...show('-', before), ...show('+', after)]
  })
}
