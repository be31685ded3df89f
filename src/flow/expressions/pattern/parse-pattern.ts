import { fail } from '../failure.ts'

/** A set of characters, as ranges of code points; `negated` means every other one. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [number, number])[]
  readonly negated: boolean
}

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'no-boundary' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat'
      readonly part: PatternNode
      readonly min: number
      /** Absent: without an end. */
      readonly max?: number
    }

type Ranges = readonly (readonly [number, number])[]

const lastCodePoint = 0x10_ffff
const digits: Ranges = [[48, 57]]
const wordCharacters: Ranges = [...digits, [65, 90], [95, 95], [97, 122]]
const blanks: Ranges = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x2028, 0x2029],
  [0xfeff, 0xfeff],
]
const classes: ReadonlyMap<string, Ranges> = new Map([
  ['d', digits],
  ['w', wordCharacters],
  ['s', blanks],
])
const controls: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
])
const repetitionsMax = 1_000

export function parsePattern(source: string): PatternNode {
  return new PatternParser(source).parse()
}

class PatternParser {
  readonly #characters: readonly string[]
  #at = 0
  #depth = 0
  #ignoresCase = false

  constructor(source: string) {
    this.#characters = Array.from(source)
  }

  parse(): PatternNode {
    if (this.#characters.slice(0, 4).join('') === '(?i)') {
      this.#ignoresCase = true
      this.#at = 4
    }
    const node = this.#choice()
    return this.#at < this.#characters.length ? this.#wrong('the end') : node
  }

  #choice(): PatternNode {
    this.#depth += 1
    if (this.#depth > 50) fail('Expected a pattern with at most 50 nested groups.')
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    this.#depth -= 1
    const [first] = parts
    return parts.length === 1 && first !== undefined ? first : { kind: 'choice', parts }
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = []
    for (;;) {
      const next = this.#peek()
      if (next === undefined || next === '|' || next === ')') break
      parts.push(this.#repeated(this.#atom()))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(part: PatternNode): PatternNode {
    const bounds = this.#bounds()
    if (bounds === undefined) return part
    // Lazy or greedy makes no difference to whether a text matches.
    this.#take('?')
    if (this.#bounds() !== undefined) this.#wrong('a character after the repetition')
    return { kind: 'repeat', part, ...bounds }
  }

  #bounds(): { min: number; max?: number } | undefined {
    if (this.#take('*')) return { min: 0 }
    if (this.#take('+')) return { min: 1 }
    if (this.#take('?')) return { min: 0, max: 1 }
    const rest = this.#characters.slice(this.#at, this.#at + 12).join('')
    const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest)
    if (found === null) return undefined
    this.#at += found[0].length
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === '' ? undefined : Number(found[3])
    if (min > repetitionsMax || (max ?? 0) > repetitionsMax || (max ?? min) < min) {
      fail(`Expected repetitions from 0 to ${repetitionsMax}, found \`${found[0]}\`.`)
    }
    return max === undefined ? { min } : { min, max }
  }

  #atom(): PatternNode {
    const character = this.#next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'set', set: this.#set() }
      case '.':
        return { kind: 'set', set: { ranges: [[10, 10]], negated: true } }
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        this.#at -= 1
        return this.#wrong('a character before the repetition')
      default:
        return this.#literal(character)
    }
  }

  #group(): PatternNode {
    if (this.#take('?')) {
      const isNamed = this.#take('P')
      if (this.#take('<')) {
        if (this.#peek() === '=' || this.#peek() === '!') fail(noLookAround)
        while (this.#next() !== '>');
      } else if (isNamed || !this.#take(':')) {
        fail(noLookAround)
      }
    }
    const inner = this.#choice()
    if (!this.#take(')')) this.#wrong('`)`')
    return inner
  }

  #escape(): PatternNode {
    const character = this.#next()
    if (character === 'b') return { kind: 'boundary' }
    if (character === 'B') return { kind: 'no-boundary' }
    if (character === 'A') return { kind: 'start' }
    if (character === 'z') return { kind: 'end' }
    if (/[1-9]/.test(character)) fail('Expected a pattern without back-references.')
    const known = classes.get(character.toLowerCase())
    if (known !== undefined) {
      const negated = character !== character.toLowerCase()
      return { kind: 'set', set: { ranges: known, negated } }
    }
    return this.#literal(this.#escaped(character))
  }

  #escaped(character: string): string {
    const control = controls.get(character)
    if (control !== undefined) return String.fromCodePoint(control)
    if (character === 'x' || character === 'u') return this.#hex(character === 'x' ? 2 : 4)
    if (/[A-Za-z0-9]/.test(character)) {
      fail(`Expected an escape that CEL's patterns have, found \`\\${character}\`.`)
    }
    return character
  }

  #hex(length: number): string {
    const found = this.#characters.slice(this.#at, this.#at + length).join('')
    if (!new RegExp(`^[0-9A-Fa-f]{${length}}$`).test(found)) this.#wrong(`${length} hex digits`)
    this.#at += length
    return String.fromCodePoint(Number.parseInt(found, 16))
  }

  #set(): CharacterSet {
    const negated = this.#take('^')
    const ranges: (readonly [number, number])[] = []
    let isFirst = true
    while (isFirst || this.#peek() !== ']') {
      isFirst = false
      const from = this.#setMember(ranges)
      if (from === undefined) continue
      const isRange = this.#peek() === '-' && this.#characters[this.#at + 1] !== ']'
      if (!isRange) {
        ranges.push(...this.#bothCases(from, from))
        continue
      }
      this.#at += 1
      const to = this.#setMember(ranges)
      if (to === undefined || to < from) this.#wrong('a range that goes up')
      ranges.push(...this.#bothCases(from, to ?? from))
    }
    this.#at += 1
    return { ranges, negated }
  }

  /** A single character, or nothing after adding a whole class. */
  #setMember(ranges: (readonly [number, number])[]): number | undefined {
    const character = this.#next()
    if (character !== '\\') return character.codePointAt(0)
    const escape = this.#next()
    const known = classes.get(escape.toLowerCase())
    if (known === undefined) {
      return escape === 'b' ? 8 : this.#escaped(escape).codePointAt(0)
    }
    ranges.push(...(escape === escape.toLowerCase() ? known : others(known)))
    return undefined
  }

  #literal(character: string): PatternNode {
    const point = character.codePointAt(0) ?? 0
    return { kind: 'set', set: { ranges: this.#bothCases(point, point), negated: false } }
  }

  /** With `(?i)`, the ASCII letters of a range in the other case as well. */
  #bothCases(from: number, to: number): Ranges {
    if (!this.#ignoresCase) return [[from, to]]
    const ranges: (readonly [number, number])[] = [[from, to]]
    for (const [first, last, shift] of [
      [65, 90, 32],
      [97, 122, -32],
    ] as const) {
      const low = Math.max(from, first)
      const high = Math.min(to, last)
      if (low <= high) ranges.push([low + shift, high + shift])
    }
    return ranges
  }

  #peek(): string | undefined {
    return this.#characters[this.#at]
  }

  #next(): string {
    const character = this.#characters[this.#at]
    if (character === undefined) return this.#wrong('more of the pattern')
    this.#at += 1
    return character
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at += 1
    return true
  }

  #wrong(expected: string): never {
    const found = this.#peek()
    return fail(
      `Expected ${expected} in the pattern, found ${found === undefined ? 'its end' : `\`${found}\``}.`,
    )
  }
}

const noLookAround = 'Expected a pattern without look-around, as in RE2.'

function others(ranges: Ranges): Ranges {
  const result: (readonly [number, number])[] = []
  let next = 0
  for (const [from, to] of ranges) {
    if (next < from) result.push([next, from - 1])
    next = to + 1
  }
  result.push([next, lastCodePoint])
  return result
}
