import { limits } from '../../kernel/limits.ts'
import type { FailurePolicy, Flow, Stage } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import type { CompileContext } from '../compilation.ts'
import { commonRoots, keyRoots } from '../expressions/roots.ts'
import type { KnownTypes } from '../expressions/roots.ts'
import { compileKey, compileTemplate } from '../expressions/template.ts'
import type { Cursor } from './cursor.ts'
import { defaultRetry } from './defaults.ts'
import { knownTypes, readInitialState } from './known-types.ts'
import { checkName, readName } from './names.ts'
import { checkChannel } from './read-command.ts'
import { readState } from './read-state.ts'
import { readTarget } from './read-transition.ts'
import { templateOptions } from './saga-context.ts'
import type { SagaContext } from './saga-context.ts'
import { readSchema } from './schema.ts'
import {
  readFailurePolicy,
  readMerge,
  readPaths,
  readRetry,
  readTexts,
  readUnexpected,
} from './values.ts'

export const sagaKeys = [
  'saga',
  'title',
  'description',
  'tags',
  'channel',
  'key',
  'unique',
  'stages',
  'milestones',
  'input',
  'state',
  'output',
  'merge',
  'unexpected',
  'onFailure',
  'retry',
  'search',
  'secrets',
  'limits',
  'states',
]

/** Reads a saga as far as it can be understood: what cannot is reported and left out. */
export function readSaga(root: Cursor, compile: CompileContext): Flow | undefined {
  if (!root.object('the flow', sagaKeys, ['saga', 'states'])) return undefined
  const states = readStates(root.get('states'))
  const initialState = readInitialState(root.get('state'))
  const input = root.get('input')
  const inputCheck = input && readSchema(input)
  const known = knownTypes(inputCheck?.schema, initialState, states)
  const stages = readStages(root.get('stages'))
  const context = createContext(root, states, stages, known, compile)
  const nodes = readNodes(states, context)
  const title = root.get('title')?.text('a title')
  const description = root.get('description')?.text('a description')
  const key = readKey(root.get('key'), known, compile)
  const output = root.get('output')
  const unique = root.get('unique')
  const isUnique = unique?.boolean() ?? false
  if (isUnique && root.get('key') === undefined) {
    unique?.wrong('PROPERTY_MISSING', 'Expected `key` in a saga that is `unique`, found none.')
  }
  return {
    id: readId(root),
    kind: 'saga',
    version: 0,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    tags: readTexts(root.get('tags'), 'tags'),
    startNode: findStart(states, nodes),
    nodes,
    stages: stages ?? [],
    ...(key === undefined ? {} : { key }),
    unique: isUnique,
    stateFromInput: true,
    initialState,
    ...(inputCheck === undefined ? {} : { inputCheck }),
    merge: readMerge(root.get('merge')),
    unexpected: readUnexpected(root.get('unexpected')),
    onFailure: readOnFailure(root.get('onFailure'), nodes, context),
    retry: context.retry,
    nodesMax: readNodesMax(root.get('limits')),
    search: readPaths(root.get('search')),
    secrets: readPaths(root.get('secrets')),
    eventNames: eventNamesOf(nodes),
    ...(output === undefined
      ? {}
      : {
          output: compileTemplate(output.node, templateOptions(output, context.roots)).expression,
        }),
  }
}

function readId(root: Cursor): string {
  const saga = root.get('saga')
  return (saga && readName('flow', saga)) ?? ''
}

/** The states, if they are an object of some size. */
function readStates(cursor: Cursor | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined
  if (cursor.kind !== 'map') return cursor.expected('an object of states')
  const count = cursor.entries().length
  if (count === 0) return cursor.expected('at least one state')
  if (count <= limits.flowNodes) return cursor
  return cursor.wrong(
    'LIMIT_EXCEEDED',
    `Expected at most ${limits.flowNodes} states, found ${count}.`,
  )
}

function createContext(
  root: Cursor,
  states: Cursor | undefined,
  stages: readonly Stage[] | undefined,
  known: KnownTypes,
  compile: CompileContext,
): SagaContext {
  const channel = root.get('channel')
  const channelName = channel && readName('channel', channel)
  const retry = root.get('retry')
  const milestones = readMilestones(root.get('milestones'))
  const reportedChannels = new Set<string>()
  if (channel !== undefined && channelName !== undefined) {
    checkChannel(channelName, channel, { compile, reportedChannels })
  }
  return {
    channel: channelName ?? (channel === undefined ? undefined : ''),
    retry: retry === undefined ? defaultRetry : readRetry(retry, defaultRetry),
    stateIds: new Set(states?.entries().map(([id]) => id)),
    stageIds: stages && new Set(stages.map(({ id }) => id)),
    milestones: milestones && new Set(milestones),
    roots: commonRoots(known, compile),
    compile,
    reportedChannels,
  }
}

function readNodes(states: Cursor | undefined, context: SagaContext): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>()
  for (const [id, cursor] of states?.entries() ?? []) {
    checkName('state', id, cursor, true)
    const node = readState(id, cursor, context)
    if (node !== undefined) nodes.set(id, node)
  }
  return nodes
}

function readStages(cursor: Cursor | undefined): readonly Stage[] | undefined {
  if (cursor === undefined) return undefined
  if (cursor.kind !== 'map') return cursor.expected('an object of stages')
  return cursor.entries().map(([id, value]) => {
    checkName('stage', id, value, true)
    if (value.string !== undefined) return { id, title: value.string }
    value.object('a stage', ['title', 'description'])
    const title = value.get('title')?.text('a title')
    const description = value.get('description')?.text('a description')
    return {
      id,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
    }
  })
}

function readMilestones(cursor: Cursor | undefined): readonly string[] | undefined {
  if (cursor === undefined) return undefined
  if (cursor.kind !== 'list') return cursor.expected('a list of milestones')
  return cursor.items().flatMap((item) => readName('milestone', item) ?? [])
}

function readKey(
  cursor: Cursor | undefined,
  known: KnownTypes,
  compile: CompileContext,
): Flow['key'] {
  if (cursor === undefined) return undefined
  const key = compileKey(cursor.node, templateOptions(cursor, keyRoots(known, compile)))
  if (key === undefined) {
    return cursor.string === undefined
      ? cursor.expected('an expression such as `input.orderId`')
      : undefined
  }
  const { kind } = key.type
  if (kind === 'any' || kind === 'string' || kind === 'number') return key.expression
  const message = `Expected a text or a number as business key, found ${kind}.`
  return cursor.wrong('EXPRESSION_TYPE', message)
}

/** The state that says so, else the first one. */
function findStart(states: Cursor | undefined, nodes: ReadonlyMap<string, Node>): string {
  const marked = (states?.entries() ?? []).filter(([, state]) => {
    const first = state.get('first')
    return first?.node.kind === 'scalar' && first.node.value === true
  })
  for (const [, state] of marked.slice(1)) {
    state
      .get('first')
      ?.wrong('VALUE_INVALID', 'Expected one state with `first: true`, found another one before.')
  }
  return marked[0]?.[0] ?? nodes.keys().next().value ?? ''
}

function readOnFailure(
  cursor: Cursor | undefined,
  nodes: ReadonlyMap<string, Node>,
  context: SagaContext,
): FailurePolicy {
  const policy = readFailurePolicy(cursor, (target) => readTarget(target, context))
  if (policy.policy !== 'rollback' || policy.target !== undefined) return policy
  const failures = [...nodes.values()].filter((node) => node.final === 'failure')
  const [only] = failures
  return failures.length === 1 && only !== undefined ? { ...policy, target: only.id } : policy
}

function readNodesMax(cursor: Cursor | undefined): number {
  const fallback = limits.nodesPerExecution
  if (cursor === undefined || !cursor.object('the limits', ['nodes'])) return fallback
  const nodes = cursor.get('nodes')
  return nodes?.number('a whole number', 1, limits.nodesPerExecutionMax, true) ?? fallback
}

/** Every event that some state, or some compensation, waits for. */
function eventNamesOf(nodes: ReadonlyMap<string, Node>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { on, undo } of nodes.values()) {
    for (const event of on.keys()) names.add(event)
    for (const event of [undo?.done, undo?.failed]) if (event !== undefined) names.add(event)
  }
  return names
}
