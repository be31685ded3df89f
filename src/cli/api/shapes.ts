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
