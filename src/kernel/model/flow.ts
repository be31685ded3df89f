import type { Expression, SchemaCheck } from './expression.ts'
import type { JsonObject } from './json.ts'
import type { Node } from './node.ts'
import type { RetryPolicy } from './retry-policy.ts'

export type FlowKind = 'saga' | 'process'

/** How an event's data enter the execution's state. */
export type Merge = 'shallow' | 'deep' | 'none'

/** What happens with an event that the current node does not expect. */
export type UnexpectedPolicy =
  | { readonly policy: 'ignore' | 'reject' }
  | { readonly policy: 'keep'; readonly ttlMs: number }

/** What a failure leads to that no transition of the node handles. */
export type FailurePolicy =
  | { readonly policy: 'rollback'; readonly target?: string }
  | { readonly policy: 'fail'; readonly target?: string }
  | { readonly policy: 'incident' }

/** A stage groups nodes for the business. */
export interface Stage {
  readonly id: string
  readonly title?: string
  readonly description?: string
}

/** One published, immutable version of a flow, compiled to a graph of nodes. */
export interface Flow {
  readonly id: string
  readonly kind: FlowKind
  /** 1, 2, 3 …; 0 while it has not been published. */
  readonly version: number
  readonly title?: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly startNode: string
  readonly nodes: ReadonlyMap<string, Node>
  readonly stages: readonly Stage[]
  /** The business key; evaluated once with `input` in scope. */
  readonly key?: Expression
  /** Whether the business key is unique among unfinished executions. */
  readonly unique: boolean
  /** A saga's state begins as its input, a process's does not. */
  readonly stateFromInput: boolean
  readonly initialState: JsonObject
  readonly inputCheck?: SchemaCheck
  readonly merge: Merge
  readonly unexpected: UnexpectedPolicy
  readonly onFailure: FailurePolicy
  /** Applies to commands and compensations without a policy of their own. */
  readonly retry: RetryPolicy
  /** How many nodes one execution may enter. */
  readonly nodesMax: number
  /** Dotted paths into state whose values are found by search. */
  readonly search: readonly string[]
  /** Dotted paths of fields that are masked wherever people look. */
  readonly secrets: readonly string[]
  /** Every event name that some node handles; tells an early event from an unknown one. */
  readonly eventNames: ReadonlySet<string>
  readonly output?: Expression
}
