import type { ASTNode } from '@marcbachmann/cel-js'
import type { ExpressionProblem } from './failure.ts'
import type { Evaluate, Frame } from './frame.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'

/** A piece of an expression, ready to run. */
export interface Compiled {
  readonly type: Type
  readonly run: Evaluate
  /** The value is part of the scope or a scalar, hence JSON already. */
  readonly isJson: boolean
  /** The value, where it is known before anything is evaluated. */
  readonly constant?: Value
}

/** A name that an expression can begin with. */
export interface Root {
  readonly type: Type
  readonly read: (frame: Frame) => Value
}

/** Where a piece of an expression is compiled. */
export interface CelContext {
  readonly text: string
  readonly roots: ReadonlyMap<string, Root>
  readonly locals: ReadonlyMap<string, { readonly slot: number; readonly type: Type }>
  /** Compiles a part: handed in, so that the files of the parts need not know the whole. */
  readonly compile: (node: ASTNode, context: CelContext) => Compiled
  /** Collects what is suspicious, but not wrong for sure. */
  readonly warn: (problem: ExpressionProblem) => void
}
