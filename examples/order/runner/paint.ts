const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const

export type Style = keyof typeof codes

/** Colours text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export function createPaint(colours: boolean): Paint {
  return colours ? (style, text) => `\u001B[${codes[style]}m${text}\u001B[0m` : (_, text) => text
}

const escape = '\u001B'
const sequences = new RegExp(`${escape}\\[[0-9;]*m`, 'g')

/** How wide a line is on the terminal. */
export function visibleCharacters(line: string): number {
  return line.replace(sequences, '').length
}

/** Shortens a line to the width of the terminal; colours do not count. */
export function fit(line: string, width: number): string {
  if (visibleCharacters(line) <= width) return line
  let taken = ''
  let length = 0
  for (const part of line.split(new RegExp(`(${escape}\\[[0-9;]*m)`))) {
    if (part.startsWith(escape)) {
      taken += part
    } else {
      taken += part.slice(0, Math.max(0, width - 1 - length))
      length += part.length
    }
  }
  return `${taken}…`
}
