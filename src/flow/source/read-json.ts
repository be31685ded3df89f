import { limits } from '../../kernel/limits.ts'
import { duplicateKey, tooDeep } from './read-yaml.ts'
import type { SourceEntry, SourceNode, SourceProblem, SourceReading } from './source-node.ts'

/** Reads strict JSON, as `JSON.parse` does, and remembers where everything stands. */
export function readJson(text: string): SourceReading {
  const reader = new JsonReader(text)
  try {
    const root = reader.readDocument()
    return { root, problems: reader.problems }
  } catch (stopped) {
    if (!(stopped instanceof ReadingStopped)) throw stopped
    return { problems: [...reader.problems, stopped.problem] }
  }
}

class ReadingStopped {
  readonly problem: SourceProblem
  constructor(problem: SourceProblem) {
    this.problem = problem
  }
}

const blanks = /[ \t\n\r]*/y
const numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const words = /[A-Za-z_$][\w$]*/y
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

class JsonReader {
  readonly problems: SourceProblem[] = []
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  readDocument(): SourceNode {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1
    const root = this.#readValue(0)
    this.#skipBlanks()
    if (this.#at < this.#text.length) this.#fail('the end of the text')
    return root
  }

  #readValue(depth: number): SourceNode {
    this.#skipBlanks()
    const start = this.#at
    if (depth > limits.jsonDepth) throw new ReadingStopped(tooDeep({ start, end: start + 1 }))
    switch (this.#text[start]) {
      case '{':
        return this.#readMap(depth)
      case '[':
        return this.#readList(depth)
      case '"': {
        const value = this.#readString()
        return { kind: 'scalar', span: { start, end: this.#at }, value }
      }
      default: {
        const value = this.#readLiteral()
        return { kind: 'scalar', span: { start, end: this.#at }, value }
      }
    }
  }

  #readMap(depth: number): SourceNode {
    const start = this.#at
    this.#at += 1
    const entries: SourceEntry[] = []
    const seen = new Set<string>()
    this.#skipBlanks()
    if (!this.#take('}')) {
      do {
        this.#skipBlanks()
        const keyStart = this.#at
        if (this.#text[keyStart] !== '"') this.#fail('a key in double quotes')
        const key = this.#readString()
        const keySpan = { start: keyStart, end: this.#at }
        if (seen.has(key)) this.problems.push(duplicateKey(key, keySpan))
        seen.add(key)
        this.#skipBlanks()
        if (!this.#take(':')) this.#fail('`:`')
        entries.push({ key, keySpan, value: this.#readValue(depth + 1) })
        this.#skipBlanks()
      } while (this.#take(','))
      if (!this.#take('}')) this.#fail('`,` or `}`')
    }
    return { kind: 'map', span: { start, end: this.#at }, entries }
  }

  #readList(depth: number): SourceNode {
    const start = this.#at
    this.#at += 1
    const items: SourceNode[] = []
    this.#skipBlanks()
    if (!this.#take(']')) {
      do {
        items.push(this.#readValue(depth + 1))
        this.#skipBlanks()
      } while (this.#take(','))
      if (!this.#take(']')) this.#fail('`,` or `]`')
    }
    return { kind: 'list', span: { start, end: this.#at }, items }
  }

  #readLiteral(): null | boolean | number {
    const number = this.#match(numbers)
    if (number !== '') {
      const value = Number(number)
      if (!Number.isFinite(value)) this.#fail('a number that fits 64 bits', number.length)
      return value
    }
    const start = this.#at
    const word = this.#match(words)
    if (word === 'true') return true
    if (word === 'false') return false
    if (word === 'null') return null
    this.#at = start
    return this.#fail('a value', word.length)
  }

  #readString(): string {
    const start = this.#at
    this.#at += 1
    let value = ''
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined || char === '\n' || char === '\r') {
        const span = { start, end: this.#at }
        throw syntax('Expected `"` at the end of the text, found the end of the line.', span)
      }
      if (char < ' ') this.#fail('an escape for the control character')
      this.#at += 1
      if (char === '"') return value
      value += char === '\\' ? this.#readEscape() : char
    }
  }

  #readEscape(): string {
    const char = this.#text[this.#at] ?? ''
    if (char === 'u') {
      const hex = this.#text.slice(this.#at + 1, this.#at + 5)
      if (!/^[0-9A-Fa-f]{4}$/.test(hex)) this.#fail('four hexadecimal digits after `\\u`')
      this.#at += 5
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    const value = escapes.get(char)
    if (value === undefined) return this.#fail('an escape that JSON has')
    this.#at += 1
    return value
  }

  #skipBlanks(): void {
    this.#match(blanks)
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #fail(expected: string, length = 1): never {
    const start = this.#at
    const end = start + Math.max(length, 1)
    const found = start >= this.#text.length ? 'the end' : `\`${this.#text.slice(start, end)}\``
    throw syntax(`Expected ${expected}, found ${found}.`, { start, end })
  }
}

function syntax(message: string, span: { start: number; end: number }): ReadingStopped {
  return new ReadingStopped({ code: 'JSON_SYNTAX', message, span })
}
