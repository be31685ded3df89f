import { spend } from '../frame.ts'
import type { Frame } from '../frame.ts'
import type { CharacterSet } from './parse-pattern.ts'
import type { Assertion, Instruction } from './program.ts'

/**
 * Runs every way through the pattern at once, character by character: the work is bounded by the
 * length of the text times the size of the pattern. Finds the pattern anywhere in the text.
 */
export function runProgram(program: readonly Instruction[], text: string, frame: Frame): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const entry = program.length - 1
  let current: readonly number[] = []
  for (let at = 0; at <= characters.length; at += 1) {
    // A match may begin at every place.
    const places = closure(program, [...current, entry], characters, at)
    if (places === undefined) return true
    spend(frame, 1 + (places.length >> 2))
    current = advance(program, places, characters[at])
  }
  return false
}

/** The places reached without reading a character; nothing when the match is complete. */
function closure(
  program: readonly Instruction[],
  starts: readonly number[],
  characters: readonly number[],
  at: number,
): readonly number[] | undefined {
  const seen = new Set(starts)
  const reading: number[] = []
  for (const place of seen) {
    const instruction = program[place]
    if (instruction === undefined) continue
    switch (instruction.kind) {
      case 'match':
        return undefined
      case 'character':
        reading.push(place)
        break
      case 'assert':
        if (holds(instruction.what, characters, at)) seen.add(instruction.next)
        break
      case 'fork':
        for (const next of instruction.nexts) seen.add(next)
    }
  }
  return reading
}

function advance(
  program: readonly Instruction[],
  places: readonly number[],
  character: number | undefined,
): readonly number[] {
  if (character === undefined) return []
  const nexts: number[] = []
  for (const place of places) {
    const instruction = program[place]
    if (instruction?.kind === 'character' && isIn(instruction.set, character)) {
      nexts.push(instruction.next)
    }
  }
  return nexts
}

function isIn({ ranges, negated }: CharacterSet, character: number): boolean {
  return ranges.some(([from, to]) => character >= from && character <= to) !== negated
}

function holds(what: Assertion, characters: readonly number[], at: number): boolean {
  if (what === 'start') return at === 0
  if (what === 'end') return at === characters.length
  const isBoundary = isWord(characters[at - 1]) !== isWord(characters[at])
  return isBoundary === (what === 'boundary')
}

function isWord(character: number | undefined): boolean {
  if (character === undefined) return false
  return /\w/.test(String.fromCodePoint(character))
}
