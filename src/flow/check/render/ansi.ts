/** The styles of a report, by meaning. */
export type Style = 'error' | 'warning' | 'hint' | 'strong' | 'faint' | 'added' | 'removed'

export type Paint = (style: Style, text: string) => string

const codes: Readonly<Record<Style, readonly [open: number, close: number][]>> = {
  error: [
    [1, 22],
    [31, 39],
  ],
  warning: [
    [1, 22],
    [33, 39],
  ],
  hint: [
    [1, 22],
    [36, 39],
  ],
  strong: [[1, 22]],
  faint: [[2, 22]],
  added: [[32, 39]],
  removed: [[31, 39]],
}

/** Colours for a terminal, or none. `src/flow` has no node types, hence by hand. */
export function paintWith(color: boolean): Paint {
  if (!color) return (_style, text) => text
  return (style, text) =>
    codes[style].reduce((inside, [open, close]) => `\u001B[${open}m${inside}\u001B[${close}m`, text)
}
