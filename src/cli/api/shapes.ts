import type { Status } from '../../kernel/model/execution.ts'
import type { Diagnostic } from '../../flow/diagnostic.ts'

/** Answers of the API that have no type of their own on the server's side. */

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor?: string
}

export interface PublishedView {
  readonly flow: string
  readonly kind: string
  readonly version: number
  readonly hash: string
  readonly diagnostics: readonly Diagnostic[]
}

export interface EventAnswerView {
  readonly applied: boolean
  readonly reason?: string
  readonly execution: string
  readonly node: string
  readonly status: Status
}

export interface DeadLetterSummary {
  readonly number: number
  readonly channel: string
  readonly source: string
  readonly position: number
  readonly receivedAt: string
  readonly code: string
  readonly detail: string
  readonly key?: string
  readonly valueBytes: number
}

export interface DeadLetterPage {
  readonly items: readonly DeadLetterSummary[]
  readonly nextBefore?: number
  readonly counts: Readonly<Record<string, number>>
}

export interface DeadLetterView extends DeadLetterSummary {
  readonly value: string
  readonly encoding: 'utf8' | 'base64'
  readonly headers: Readonly<Record<string, string>>
}

/** What became of a dead letter that was sent again. */
export interface ResendView {
  readonly number?: number
  readonly applied: boolean
  readonly reason?: string
  readonly removed: boolean
  readonly execution?: string
  readonly node?: string
  readonly code?: string
  readonly detail?: string
}

export interface ClusterView {
  readonly store: string
  readonly version: string
  readonly shared: boolean
  readonly lease: 'held' | 'lost' | 'none'
  readonly stopping: boolean
  readonly replicas: readonly {
    readonly id: string
    readonly name: string
    readonly joinedAt: string
    readonly leaseUntil: string
    readonly leaseMs: number
    readonly answers: boolean
  }[]
  readonly channels: readonly {
    readonly name: string
    readonly type: string
    readonly trouble?: { readonly since: string; readonly detail: string }
  }[]
}

export interface ChannelView {
  readonly name: string
  readonly type: string
  readonly held: number
  readonly workers: readonly {
    readonly worker: string
    readonly lastSeenAt: string
    readonly leased: number
  }[]
}
