import { type Paint, paintFor } from './render/paint.ts'
import { type Symbols, supportsUnicode, symbolsFor } from './render/symbols.ts'
import type { Environment } from '../config/environment.ts'

/** One of the two streams that a command writes to. */
export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  /** Absent where lines may be as long as they like. */
  readonly columns: number | undefined
  readonly paint: Paint
  readonly hasColors: boolean
}

/** Where commands write: data for programs to stdout, talk for people to stderr. */
export interface Terminal {
  readonly data: Output
  readonly talk: Output
  readonly unicode: boolean
  readonly symbols: Symbols
}

export function processTerminal(env: Environment): Terminal {
  // A reader that goes away (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  const unicode = supportsUnicode(env)
  return {
    data: outputOf(process.stdout),
    talk: outputOf(process.stderr),
    unicode,
    symbols: symbolsFor(unicode),
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  const paint = paintFor(stream)
  return {
    write: (text) => {
      stream.write(text)
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : undefined
    },
    paint,
    hasColors: paint('red', 'x') !== 'x',
  }
}
