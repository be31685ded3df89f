import { evolve } from '../evolve/evolve.ts'
import { limits } from '../limits.ts'
import type { Decision } from '../model/decision.ts'
import type { Fact } from '../model/fact.ts'
import type { Flow } from '../model/flow.ts'
import type { StartExecution } from '../model/message.ts'
import type { JsonObject } from '../model/json.ts'
import { accepted, createDraft, type Draft, plan, rejected } from './draft.ts'
import { proceed } from './proceed.ts'

/** Makes an execution and enters the flow's first node. */
export function startExecution(flow: Flow, message: StartExecution): Decision {
  const problems = flow.inputCheck?.check(message.input) ?? []
  if (problems.length > 0) {
    return rejected(
      'INPUT_INVALID',
      `expected input that fits flow '${flow.id}', found: ${problems.join('; ')}`,
      undefined,
    )
  }
  const key = keyOf(flow, message)
  if (!key.ok) return rejected('KEY_INVALID', key.detail, undefined)

  const draft = createStartedDraft(flow, message, key.key)
  plan(draft, { kind: 'enter', node: flow.startNode, by: { kind: 'start' } })
  proceed(draft)
  return accepted(draft)
}

function createStartedDraft(flow: Flow, message: StartExecution, key: string | undefined): Draft {
  const state = initialState(flow, message)
  const started: Fact = {
    kind: 'started',
    at: message.at,
    id: message.executionId,
    flow: flow.id,
    version: flow.version,
    flowKind: flow.kind,
    ...(key === undefined ? {} : { key }),
    input: message.input,
    ...(state === undefined ? {} : { state }),
    ...(message.actor === undefined ? {} : { actor: message.actor }),
    ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
  }
  const draft = createDraft(flow, evolve(undefined, started), message)
  draft.facts.push(started)
  return draft
}

/** Absent when it is the input itself, so that the journal does not hold it twice. */
function initialState(flow: Flow, message: StartExecution): JsonObject | undefined {
  if (!flow.stateFromInput) return flow.initialState
  const isInput = Object.keys(flow.initialState).length === 0
  return isInput ? undefined : { ...flow.initialState, ...message.input }
}

type Key =
  | { readonly ok: true; readonly key: string | undefined }
  | { readonly ok: false; readonly detail: string }

function keyOf(flow: Flow, message: StartExecution): Key {
  if (message.key !== undefined) return { ok: true, key: message.key }
  if (flow.key === undefined) return { ok: true, key: undefined }
  const expected = `expected the key '${flow.key.source}' to give a text of 1 to ${limits.idCharacters} characters`
  const evaluation = flow.key.evaluate({
    input: message.input,
    state: message.input,
    execution: {
      id: message.executionId,
      flow: flow.id,
      version: flow.version,
      startedAt: message.at,
    },
    message,
  })
  if (!evaluation.ok) return { ok: false, detail: `${expected}, found: ${evaluation.error}` }
  const { value } = evaluation
  // Numbers are usual keys of orders and customers; their text is the key.
  const key = typeof value === 'number' ? String(value) : value
  if (typeof key !== 'string' || key.length === 0 || key.length > limits.idCharacters) {
    return { ok: false, detail: `${expected}, found ${JSON.stringify(value)}` }
  }
  return { ok: true, key }
}
