import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { ExecutionSummary, ExecutionView } from '../../http/wire/execution-view.ts'
import { type ApiClient, apiPath } from './client.ts'
import type { Page } from './shapes.ts'

/**
 * The execution that a person means: by its id, else by a business key (or another searched value)
 * that only one execution has. Throws EXECUTION_NOT_FOUND.
 */
export async function findExecution(client: ApiClient, text: string): Promise<ExecutionView> {
  const byId = (id: string) => client.call<ExecutionView>(apiPath('executions', id))
  try {
    return await byId(text)
  } catch (error) {
    if (!(error instanceof SignalboxError) || error.code !== 'EXECUTION_NOT_FOUND') throw error
    const page = await client.call<Page<ExecutionSummary>>(apiPath('executions'), {
      query: { q: text, limit: candidatesMax + 1 },
    })
    const [only, ...others] = page.items
    if (only === undefined) throw error
    if (others.length === 0) return byId(only.id)
    throw new SignalboxError('EXECUTION_NOT_FOUND', ambiguous(text, page.items), { cause: error })
  }
}

const candidatesMax = 5

function ambiguous(text: string, items: readonly ExecutionSummary[]): string {
  const shown = items
    .slice(0, candidatesMax)
    .map(({ id, flow, status }) => `\n  ${id}  ${flow}, ${status}`)
  const more = items.length > candidatesMax ? '\n  and more' : ''
  return `expected an id, or a key that one execution has; found several executions for ${JSON.stringify(text)}:${shown.join('')}${more}`
}
