import type { Flow } from '../kernel/model/flow.ts'
import type { Diagnostic, SourceRange } from './diagnostic.ts'
import type { FlowGraph } from './graph.ts'

/** A flow's text and what is known of it. */
export interface FlowSource {
  readonly text: string
  /** Guessed from the text if absent. */
  readonly format?: 'yaml' | 'json'
  /** For messages only. */
  readonly file?: string
}

/** What the surroundings know; what is absent is not checked. */
export interface CompileContext {
  /** Channels of the configuration. A channel that is only named in a flow is a `queue` channel. */
  readonly channels?: ReadonlySet<string>
  /** What `env` and `services` hold in expressions. */
  readonly env?: Readonly<Record<string, string>>
  readonly services?: Readonly<Record<string, string>>
}

/** Finds the text of a path of the document; a path that is not there gives its nearest parent. */
export type Locate = (path: readonly (string | number)[], part?: 'key' | 'value') => SourceRange

/** What came of compiling. There is a flow exactly when no diagnostic is an error. */
export interface Compilation {
  readonly flow?: Flow
  /** Present as soon as the text has nodes, also with errors in it, so that it can be drawn. */
  readonly graph?: FlowGraph
  readonly diagnostics: readonly Diagnostic[]
  /** SHA-256 of the text, in hex. */
  readonly hash: string
  readonly format: 'yaml' | 'json'
}
