import type { Cause } from '../model/execution.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { Transition } from '../model/transition.ts'
import { withdrawActivity } from './commands.ts'
import { addFact, type Draft, type Failure, plan } from './draft.ts'
import { currentNode, restingStatus } from './nodes.ts'
import { rememberCompensation } from './rollback.ts'
import { evaluate, type EventInScope } from './scope.ts'

/** Which transition is taken, or why none. */
export type Choice =
  | { readonly kind: 'chosen'; readonly transition: Transition }
  /** No guard holds. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The first transition whose guard holds. Guards see the state before the event's data enter it. */
export function choose(
  draft: Draft,
  transitions: readonly Transition[],
  event?: EventInScope,
): Choice {
  for (const transition of transitions) {
    if (transition.guard === undefined) return { kind: 'chosen', transition }
    const held = evaluate(draft, transition.guard, event)
    if (!held.ok || typeof held.value !== 'boolean') {
      // The value itself may be a secret of the execution: its type is enough.
      const found = held.ok ? `found ${typeName(held.value)}` : `found: ${held.error}`
      return {
        kind: 'failed',
        failure: {
          code: 'EXPRESSION_FAILED',
          message: `expected the guard '${transition.guard.source}' of '${draft.execution.node}' to be true or false, ${found}`,
        },
      }
    }
    if (held.value) return { kind: 'chosen', transition }
  }
  return { kind: 'none' }
}

/** The values that a transition sets; evaluated before anything of the transition is recorded. */
export function transitionValues(
  draft: Draft,
  transition: Transition,
  event?: EventInScope,
): { readonly ok: true; readonly values?: JsonObject } | { readonly ok: false; failure: Failure } {
  if (transition.set === undefined) return { ok: true }
  const values = evaluate(draft, transition.set, event)
  if (values.ok && isJsonObject(values.value)) return { ok: true, values: values.value }
  const found = values.ok ? typeName(values.value) : values.error
  return {
    ok: false,
    failure: {
      code: 'EXPRESSION_FAILED',
      message: `expected values to set on the way out of '${draft.execution.node}', found: ${found}`,
    },
  }
}

/**
 * Takes a transition out of the current node.
 *
 * @param outcome what is known of the node's activity: left by a timer, it may or may not have
 *   happened
 */
export function takeTransition(
  draft: Draft,
  transition: Transition,
  by: Cause,
  outcome: 'done' | 'unknown',
  event?: EventInScope,
): void {
  const node = currentNode(draft)
  const { to, milestone } = transition
  // Staying changes nothing about what went wrong in the node; leaving it does.
  if (draft.execution.incident !== undefined && to.kind !== 'stay') {
    addFact(draft, { kind: 'incident-resolved', status: restingStatus(node) })
  }
  switch (to.kind) {
    case 'stay':
      addFact(draft, {
        kind: 'stayed',
        node: node.id,
        by,
        ...(milestone === undefined ? {} : { milestone }),
      })
      return
    case 'rollback':
      plan(draft, {
        kind: 'roll-back',
        target: to.node,
        by,
        ownUndo: outcome === 'unknown',
        milestone,
      })
      return
    case 'node':
      withdrawActivity(draft, node)
      if (!transition.failed) rememberCompensation(draft, node, outcome, event)
      plan(draft, { kind: 'enter', node: to.node, by, milestone })
  }
}

function typeName(value: Json): string {
  if (value === null) return 'nothing'
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
