import type { Scope } from '../../kernel/model/expression.ts'
import { fail } from './failure.ts'
import type { Value } from './value.ts'

/** One evaluation: what it sees, and what it may still spend. */
export interface Frame {
  readonly scope: Scope
  /** Names the expression within its flow, so that two expressions draw different ids. */
  readonly salt: string
  /** Values of the variables of `map`, `filter`, `bind` …, by the place the compiler gave them. */
  readonly locals: (Value | undefined)[]
  stepsLeft: number
  draws: number
}

/** One compiled piece of an expression. */
export type Evaluate = (frame: Frame) => Value

/**
 * Steps one evaluation may take: items visited, and characters made by the sixteen. At some tens of
 * nanoseconds each, the longest evaluation stays in the tens of milliseconds. A state of the largest
 * size can still be copied.
 */
export const stepsMax = 1_000_000

/** Pays for work that grows with the data. */
export function spend(frame: Frame, steps: number): void {
  frame.stepsLeft -= steps
  if (frame.stepsLeft < 0) {
    fail(`Expected at most ${stepsMax} steps, found an expression that takes more.`)
  }
}

export function createFrame(scope: Scope, salt: string): Frame {
  return { scope, salt, locals: [], stepsLeft: stepsMax, draws: 0 }
}
