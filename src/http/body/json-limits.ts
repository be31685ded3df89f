import { SignalboxError } from '../../errors/signalbox-error.ts'
import { limits } from '../../kernel/limits.ts'
import { positionOf } from './text-position.ts'

const numberAt = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/**
 * Walks a JSON text once, before it is parsed, and refuses what reading would exhaust or change:
 * nesting beyond the limit (JSON_TOO_DEEP), numbers beyond a double and integers that a double
 * rounds (JSON_INVALID). Says nothing about other mistakes in the text.
 */
export function requireReadableNumbersAndDepth(text: string): void {
  let depth = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = endOfString(text, at)
      continue
    }
    if (code === openBrace || code === openBracket) {
      depth += 1
      if (depth > limits.jsonDepth) throw tooDeep(text, at)
    } else if (code === closeBrace || code === closeBracket) {
      depth -= 1
    } else if (code === minus || (code >= zero && code <= nine)) {
      numberAt.lastIndex = at
      const literal = numberAt.exec(text)?.[0]
      if (literal !== undefined) {
        requireFaithful(text, at, literal)
        at += literal.length
        continue
      }
    }
    at += 1
  }
}

const quote = 0x22
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const minus = 0x2d
const zero = 0x30
const nine = 0x39
const backslash = 0x5c

/** The offset after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) return at + 1
    at += code === backslash ? 2 : 1
  }
  return at
}

function requireFaithful(text: string, at: number, literal: string): void {
  const value = Number(literal)
  const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal
  if (!Number.isFinite(value)) {
    throw new SignalboxError(
      'JSON_INVALID',
      `expected numbers up to 1.8e308, found ${shown} at ${place(text, at)}`,
    )
  }
  const isInteger = !/[.eE]/.test(literal)
  if (isInteger && !Number.isSafeInteger(value) && !isKept(literal, value)) {
    throw new SignalboxError(
      'JSON_INVALID',
      `expected integers that a double holds exactly (larger ones as strings), found ${shown} at ${place(text, at)}`,
    )
  }
}

/** Exactly, or as the shortest decimal that stands for this double: what programs write for one. */
function isKept(literal: string, value: number): boolean {
  return String(value) === literal || BigInt(value) === BigInt(literal)
}

function tooDeep(text: string, at: number): SignalboxError {
  return new SignalboxError(
    'JSON_TOO_DEEP',
    `expected at most ${limits.jsonDepth} levels of nesting, found more at ${place(text, at)}`,
  )
}

function place(text: string, at: number): string {
  const { line, column } = positionOf(text, at)
  return `line ${line}, column ${column}`
}
