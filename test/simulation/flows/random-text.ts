import fc from 'fast-check'
import { compileFlow } from '../../../src/flow/index.ts'
import type { Expression } from '../../../src/kernel/model/expression.ts'
import type { Flow } from '../../../src/kernel/model/flow.ts'
import type { Json, JsonObject } from '../../../src/kernel/model/json.ts'
import type { CommandTemplate, Node, Undo } from '../../../src/kernel/model/node.ts'
import type { RetryPolicy } from '../../../src/kernel/model/retry-policy.ts'
import type { Transition } from '../../../src/kernel/model/transition.ts'
import { eventNames, randomFlow } from '../../kernel/random-flow.ts'
import type { SimFlow } from './sim-flow.ts'

/** A saga of the kernel's random tests, written in the flow language. */
export function randomSimFlow(seed: number): SimFlow {
  // The language refuses a few that the kernel takes, such as cycles that never wait.
  for (const flow of fc.sample(randomFlow, { seed, numRuns: 20 })) {
    const simFlow = simFlowOf(flow)
    if (compileFlow({ text: simFlow.text(1) }).flow !== undefined) return simFlow
  }
  throw new Error(`expected a flow that compiles among twenty of seed ${seed}, found none`)
}

function simFlowOf(flow: Flow): SimFlow {
  const document = documentOf(flow)
  const commands = [...flow.nodes.values()].flatMap(({ activity, undo }) =>
    [activity?.send.command, undo?.send.command].filter((name) => name !== undefined),
  )
  return {
    id: 'random',
    text: (version) => JSON.stringify({ ...document, tags: [`version-${version}`] }),
    input: (number) => ({ n: number % 10, deep: {} }),
    answers: Object.fromEntries(
      commands.map((command) => [
        command,
        command.startsWith('undo-') ? ['undone', 'notUndone'] : eventNames.slice(0, 4),
      ]),
    ),
    events: [...eventNames, 'stranger'],
    nodes: [...flow.nodes.keys(), 'Nowhere'],
  }
}

function documentOf(flow: Flow): JsonObject {
  return {
    saga: flow.id,
    merge: flow.merge,
    retry: retryOf(flow.retry),
    unexpected:
      flow.unexpected.policy === 'keep'
        ? { keep: durationOf(flow.unexpected.ttlMs) }
        : flow.unexpected.policy,
    onFailure: onFailureOf(flow.onFailure),
    limits: { nodes: flow.nodesMax },
    states: Object.fromEntries([...flow.nodes.values()].map((node) => [node.id, stateOf(node)])),
  }
}

function onFailureOf(onFailure: Flow['onFailure']): Json {
  if (onFailure.policy === 'incident' || onFailure.target === undefined) return onFailure.policy
  return { [onFailure.policy]: onFailure.target }
}

function stateOf(node: Node): JsonObject {
  if (node.final !== undefined) {
    return {
      final: node.final,
      ...(node.activity === undefined ? {} : { send: commandOf(node.activity.send) }),
    }
  }
  return {
    ...(node.set === undefined ? {} : { set: setOf(node.set) }),
    ...(node.activity === undefined ? {} : { send: commandOf(node.activity.send) }),
    ...(node.also.length === 0 ? {} : { also: node.also.map(commandOf) }),
    ...(node.undo === undefined || node.activity === undefined ? {} : { undo: undoOf(node.undo) }),
    on: Object.fromEntries(
      [...node.on].map(([event, ways]) => [event, ways.map((way) => transitionOf(way, 'on'))]),
    ),
    after: Object.fromEntries(
      node.after.map(({ delayMs, transitions }) => [
        durationOf(delayMs),
        transitions.map((way) => transitionOf(way, 'after')),
      ]),
    ),
    ...(node.next.length === 0 ? {} : { next: node.next.map((way) => transitionOf(way, 'next')) }),
  }
}

/** The language wants a `done` wherever there is a deadline or a failure. */
function undoOf({ send, done, failed, withinMs, retry }: Undo): JsonObject {
  return {
    send: send.command,
    channel: send.channel,
    ...(send.data === undefined ? {} : { data: dataOf(send.data) }),
    ...(done === undefined && failed === undefined && withinMs === undefined
      ? {}
      : { done: done ?? 'undone' }),
    ...(failed === undefined ? {} : { failed }),
    ...(withinMs === undefined ? {} : { within: durationOf(withinMs) }),
    retry: retryOf(retry),
  }
}

function commandOf({ command, data, channel }: CommandTemplate): JsonObject {
  return { command, channel, ...(data === undefined ? {} : { data: dataOf(data) }) }
}

function transitionOf(
  { to, guard, set, failed, milestone }: Transition,
  place: 'on' | 'after' | 'next',
): JsonObject {
  return {
    ...targetOf(to),
    ...(guard === undefined ? {} : { if: guardOf(guard, place) }),
    ...(set === undefined ? {} : { set: setOf(set) }),
    ...(failed && place !== 'next' ? { failed } : {}),
    ...(milestone === undefined ? {} : { as: milestone }),
  }
}

function targetOf(to: Transition['to']): JsonObject {
  switch (to.kind) {
    case 'node':
      return { to: to.node }
    case 'rollback':
      return { rollback: to.node ?? true }
    case 'stay':
      return { stay: true }
  }
}

/** The expressions of the random sagas, in CEL; what cannot be evaluated there cannot be here. */
const guards: Readonly<Record<string, string>> = {
  true: 'true',
  false: 'false',
  broken: 'state.missing.key == 1',
  1: 'state.n',
  'event.data.n > 5': 'event.data.n > 5',
}

function guardOf({ source }: Expression, place: 'on' | 'after' | 'next'): string {
  // Timers and conditions have no event to look at.
  return place !== 'on' && source.startsWith('event') ? 'state.n > 5' : (guards[source] ?? 'true')
}

function setOf({ source }: Expression): JsonObject {
  return source === 'broken'
    ? { seen: '${ state.missing.key }' }
    : { seen: '${ size(state) }', at: '${ now() }', gone: null }
}

function dataOf({ source }: Expression): JsonObject {
  return source === 'broken' ? { n: '${ state.missing.key }' } : { n: '${ state.n }' }
}

function retryOf({
  attempts,
  intervalMs,
  backoff,
  maxIntervalMs,
  jitter,
}: RetryPolicy): JsonObject {
  return {
    attempts,
    interval: durationOf(intervalMs),
    backoff,
    max: durationOf(maxIntervalMs),
    jitter,
  }
}

function durationOf(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}
