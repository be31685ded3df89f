import { truncate } from './render/display-width.ts'
import { escapeControls } from './render/escape.ts'
import type { Output } from './terminal.ts'

/** One line at the bottom of the terminal that says what is going on. */
export interface Progress {
  show(text: string): void
  clear(): void
}

/** On a terminal the line is rewritten in place; elsewhere it is not written at all. */
export function createProgress(output: Output): Progress {
  if (!output.isTerminal) return { show: () => {}, clear: () => {} }
  let shown = ''
  return {
    show: (text) => {
      const line = truncate(escapeControls(text), (output.columns ?? 80) - 1)
      if (line === shown) return
      output.write(`\r\u001b[2K${output.paint('dim', line)}`)
      shown = line
    },
    clear: () => {
      if (shown !== '') output.write('\r\u001b[2K')
      shown = ''
    },
  }
}
