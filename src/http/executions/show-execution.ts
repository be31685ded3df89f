import type { Execution } from '../../kernel/model/execution.ts'
import { flowOf, type HttpContext } from '../context.ts'
import { component } from '../wire/components.ts'
import {
  executionSummary,
  type ExecutionSummary,
  executionView,
  type ExecutionView,
} from '../wire/execution-view.ts'

export type View = 'full' | 'summary'

/** What a route that shows an execution answers with: it depends on `view`. */
export const executionSchema = {
  anyOf: [component('Execution'), component('ExecutionSummary')],
}

export async function showExecution(
  context: HttpContext,
  execution: Execution,
  view: View = 'full',
): Promise<ExecutionView | ExecutionSummary> {
  if (view === 'summary') return executionSummary(execution)
  return executionView(await flowOf(context, execution), execution)
}
