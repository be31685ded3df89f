import type { FactView } from '../../http/wire/fact-view.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import { type ApiClient, apiPath } from './client.ts'
import { readPages } from './read-pages.ts'

/** Facts of one execution as the API shows them, from fact number `after` + 1 on, page by page. */
export function readJournal(
  client: ApiClient,
  id: string,
  after = 0,
  signal?: AbortSignal,
): AsyncGenerator<readonly FactView[]> {
  return readPages(client, apiPath('executions', id, 'journal'), {
    cursor: String(after),
    signal,
  })
}

/** The fact behind a view: times become milliseconds again. */
export function factOfView(view: FactView): Fact {
  const { sequence: _sequence, ...rest } = view
  const fact: unknown = timesToMs(rest)
  // The view is the fact with ISO times: this undoes `factView`, a test holds both together.
  return fact as Fact
}

/** Properties of facts that hold times, at any depth outside the data of executions. */
const timeProperties = new Set(['at', 'retryAt', 'expiresAt'])
const nestedProperties = new Set(['timers', 'retry', 'incident'])

function timesToMs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timesToMs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (timeProperties.has(name) && typeof inner === 'string') return [name, Date.parse(inner)]
      return [name, nestedProperties.has(name) ? timesToMs(inner) : inner]
    }),
  )
}
