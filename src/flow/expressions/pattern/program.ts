import { fail } from '../failure.ts'
import type { CharacterSet, PatternNode } from './parse-pattern.ts'

/** One instruction of a pattern's machine; numbers are places in the program. */
export type Instruction =
  | { readonly kind: 'character'; readonly set: CharacterSet; readonly next: number }
  | { readonly kind: 'assert'; readonly what: Assertion; readonly next: number }
  | { readonly kind: 'fork'; readonly nexts: readonly number[] }
  | { readonly kind: 'match' }

export type Assertion = 'start' | 'end' | 'boundary' | 'no-boundary'

const instructionsMax = 5_000

/** Builds the machine from its end: every piece knows where it goes on. The last is the entry. */
export function buildProgram(node: PatternNode): readonly Instruction[] {
  const program: Instruction[] = [{ kind: 'match' }]
  const entry = build(program, node, 0)
  program.push({ kind: 'fork', nexts: [entry] })
  return program
}

function build(program: Instruction[], node: PatternNode, next: number): number {
  if (program.length > instructionsMax) {
    fail('Expected a smaller pattern: its repetitions multiply to thousands of parts.')
  }
  switch (node.kind) {
    case 'set':
      return add(program, { kind: 'character', set: node.set, next })
    case 'sequence':
      return node.parts.reduceRight((after, part) => build(program, part, after), next)
    case 'choice':
      return add(program, {
        kind: 'fork',
        nexts: node.parts.map((part) => build(program, part, next)),
      })
    case 'repeat':
      return buildRepeat(program, node, next)
    default:
      return add(program, { kind: 'assert', what: node.kind, next })
  }
}

function buildRepeat(
  program: Instruction[],
  { part, min, max }: Extract<PatternNode, { kind: 'repeat' }>,
  next: number,
): number {
  let entry = next
  if (max === undefined) {
    // The loop must be known to its body before it knows the body.
    const loop = add(program, { kind: 'match' })
    const body = build(program, part, loop)
    program[loop] = { kind: 'fork', nexts: [body, next] }
    entry = loop
  } else {
    for (let count = min; count < max; count += 1) {
      entry = add(program, { kind: 'fork', nexts: [build(program, part, entry), next] })
    }
  }
  for (let count = 0; count < min; count += 1) entry = build(program, part, entry)
  return entry
}

function add(program: Instruction[], instruction: Instruction): number {
  program.push(instruction)
  return program.length - 1
}
