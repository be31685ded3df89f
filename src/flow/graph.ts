import type { FlowKind } from '../kernel/model/flow.ts'

/**
 * A flow as plain data, for pictures, the API and the console: what the compiled `Flow` holds, with
 * the source text of expressions instead of functions.
 */
export interface FlowGraph {
  readonly id: string
  readonly kind: FlowKind
  readonly title?: string
  readonly description?: string
  readonly startNode: string
  readonly stages: readonly { readonly id: string; readonly title?: string }[]
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export interface GraphNode {
  readonly id: string
  readonly title?: string
  readonly description?: string
  readonly stage?: string
  readonly final?: 'success' | 'failure'
  readonly send?: { readonly command: string; readonly channel: string }
  readonly also: readonly { readonly command: string; readonly channel: string }[]
  readonly undo?: { readonly command: string; readonly channel: string; readonly done?: string }
}

export interface GraphEdge {
  readonly from: string
  /** Absent: `stay`, or a rollback without a target. */
  readonly to?: string
  readonly by:
    | { readonly kind: 'event'; readonly event: string }
    | { readonly kind: 'timer'; readonly delayMs: number }
    | { readonly kind: 'condition' }
  readonly rollback: boolean
  readonly stay: boolean
  readonly failed: boolean
  readonly guard?: string
  readonly milestone?: string
}
