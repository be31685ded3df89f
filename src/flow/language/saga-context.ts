import type { RetryPolicy } from '../../kernel/model/retry-policy.ts'
import type { CompileContext } from '../compilation.ts'
import type { Root } from '../expressions/compiled.ts'
import type { TemplateOptions } from '../expressions/template.ts'
import type { Cursor } from './cursor.ts'

/** What the parts of a saga need to know of the whole. */
export interface SagaContext {
  readonly channel: string | undefined
  /** The retry policy of the flow, for whatever has none of its own. */
  readonly retry: RetryPolicy
  readonly stateIds: ReadonlySet<string>
  /** Absent: the flow declares none, and every name will do. */
  readonly stageIds: ReadonlySet<string> | undefined
  readonly milestones: ReadonlySet<string> | undefined
  readonly roots: ReadonlyMap<string, Root>
  readonly compile: CompileContext
  /** Channels that were reported already: once is enough. */
  readonly reportedChannels: Set<string>
}

/** How the expressions at a cursor are compiled. */
export function templateOptions(cursor: Cursor, roots: ReadonlyMap<string, Root>): TemplateOptions {
  return {
    roots,
    salt: cursor.path.join('/'),
    report: (node, problem, isWarning) =>
      cursor.report.addExpressionProblem(node, cursor.path, problem, isWarning),
  }
}
