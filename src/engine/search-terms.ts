import { type Json, isJsonObject, type JsonObject } from '../kernel/model/json.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Flow } from '../kernel/model/flow.ts'
import { limits } from '../kernel/limits.ts'

/** The texts under which an execution is found: the values at the flow's `search` paths. */
export function searchTermsOf(flow: Flow, execution: Execution): readonly string[] {
  const terms: string[] = []
  for (const path of flow.search) {
    const value = valueAt(execution.state, path)
    if (typeof value === 'string' || typeof value === 'number') {
      terms.push(String(value).slice(0, limits.idCharacters))
    }
  }
  return terms
}

function valueAt(state: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = state
  for (const name of path.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}
