import { errorKinds } from '../../errors/catalogue.ts'
import type { JsonSchema } from '../route.ts'
import { closedObject, field } from './field-schemas.ts'

/** Refers to one of the components below. */
export function component(name: keyof typeof componentSchemas): JsonSchema {
  return { $ref: `${name}#` }
}

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }

const incident = closedObject(
  {
    code: text,
    message: text,
    at: field.time,
    node: text,
    subject: {
      type: 'object',
      description: 'What failed: a command, a compensation or the node itself.',
      properties: { kind: { enum: ['command', 'compensation', 'node'] } },
      required: ['kind'],
      additionalProperties: true,
    },
  },
  ['code', 'message', 'at', 'node', 'subject'],
)

const summaryProperties = {
  id: text,
  flow: text,
  version: { type: 'integer' },
  kind: { enum: ['saga', 'process'] },
  key: { ...text, description: 'The business key.' },
  status: field.status,
  node: text,
  stage: text,
  outcome: closedObject({ code: text, message: text }),
  startedAt: field.time,
  updatedAt: field.time,
  finishedAt: field.time,
  incident,
  revision: { ...count, description: 'How many facts the journal has.' },
}

const summaryRequired = [
  'id',
  'flow',
  'version',
  'kind',
  'status',
  'node',
  'startedAt',
  'updatedAt',
  'revision',
]

const waitingFor = {
  type: 'object',
  description: 'One thing that would let the execution go on.',
  properties: {
    text: { ...text, description: 'In words.' },
    kind: { enum: ['event', 'timer', 'command', 'operator'] },
    event: text,
    at: field.time,
    purpose: text,
    commandId: text,
    command: text,
    channel: text,
    attempt: count,
    why: { enum: ['incident', 'paused'] },
    detail: text,
  },
  required: ['text', 'kind'],
  additionalProperties: false,
}

const compensation = closedObject(
  {
    id: text,
    node: text,
    outcome: {
      enum: ['done', 'unknown'],
      description: 'unknown: the node was left without an answer.',
    },
    data: field.data,
    status: { enum: ['remembered', 'running', 'undone', 'skipped'] },
    attempt: count,
  },
  ['id', 'node', 'outcome', 'status'],
)

const publishedProperties = {
  flow: text,
  kind: { enum: ['saga', 'process'] },
  title: text,
  version: { type: 'integer' },
  hash: { ...text, description: 'SHA-256 of the text, in hex.' },
  publishedAt: field.time,
  publishedBy: text,
}

const publishedRequired = ['flow', 'kind', 'version', 'hash', 'publishedAt', 'publishedBy']

const flowVersionProperties = { ...publishedProperties, format: { enum: ['yaml', 'json'] } }

const flowVersionRequired = [...publishedRequired, 'format']

const flowProperties = {
  ...publishedProperties,
  status: { enum: ['active', 'paused', 'retired'] },
  executions: {
    type: 'object',
    description: 'How many executions have which status.',
    additionalProperties: count,
  },
  incidents: count,
  lastActivityAt: field.time,
}

const flowRequired = [...publishedRequired, 'status', 'executions', 'incidents']

const command = closedObject({ command: text, channel: text }, ['command', 'channel'])

/** Shapes that several answers share: components of the OpenAPI document. */
export const componentSchemas = {
  Problem: closedObject(
    {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { enum: Object.keys(errorKinds) },
      detail: { ...text, description: 'What was expected, then what was found.' },
      errors: {
        type: 'array',
        items: closedObject({ path: text, in: text, message: text }, ['path', 'in', 'message']),
      },
      diagnostics: { type: 'array', items: { $ref: 'Diagnostic#' } },
      docs: { ...text, description: 'The page that explains the code.' },
      retry: { type: 'boolean', description: 'The same request can succeed later.' },
    },
    ['type', 'title', 'status', 'code', 'detail', 'docs', 'retry'],
  ),
  ExecutionSummary: closedObject(summaryProperties, summaryRequired),
  Execution: closedObject(
    {
      ...summaryProperties,
      state: field.object,
      output: field.data,
      waitingFor: { type: 'array', items: waitingFor },
      compensations: { type: 'array', items: compensation },
      parent: text,
      children: { type: 'array', items: text },
    },
    [...summaryRequired, 'state', 'waitingFor', 'compensations', 'children'],
  ),
  Fact: {
    type: 'object',
    description: 'One fact of the journal; its further properties depend on its kind.',
    properties: { sequence: count, at: field.time, kind: text },
    required: ['sequence', 'at', 'kind'],
    additionalProperties: true,
  },
  Diagnostic: {
    type: 'object',
    description: 'One finding in the text of a flow.',
    properties: {
      code: text,
      severity: { enum: ['error', 'warning', 'hint'] },
      message: text,
      file: text,
      range: field.object,
      path: { type: 'array' },
      trace: { type: 'array', items: text },
      fix: field.object,
    },
    required: ['code', 'severity', 'message', 'range', 'path'],
    additionalProperties: false,
  },
  FlowGraph: {
    type: 'object',
    description: 'The compiled flow as plain data: nodes and edges.',
    properties: {
      id: text,
      kind: text,
      title: text,
      description: text,
      startNode: text,
      stages: { type: 'array', items: field.object },
      nodes: {
        type: 'array',
        items: {
          type: 'object',
          properties: { id: text, send: command },
          required: ['id'],
          additionalProperties: true,
        },
      },
      edges: { type: 'array', items: field.object },
    },
    required: ['id', 'kind', 'startNode', 'stages', 'nodes', 'edges'],
    additionalProperties: true,
  },
  Flow: closedObject(flowProperties, flowRequired),
  FlowDetails: closedObject(
    {
      ...flowProperties,
      nodes: {
        type: 'object',
        description: 'How many unfinished executions are in which node.',
        additionalProperties: count,
      },
    },
    [...flowRequired, 'nodes'],
  ),
  FlowVersion: closedObject(flowVersionProperties, flowVersionRequired),
  FlowVersionDetails: closedObject(
    { ...flowVersionProperties, text, graph: { $ref: 'FlowGraph#' } },
    [...flowVersionRequired, 'text', 'graph'],
  ),
  EventAnswer: closedObject(
    {
      applied: { type: 'boolean' },
      reason: {
        ...text,
        description: 'Why the event had no effect (yet): unknown, early, late, kept, duplicate, …',
      },
      execution: text,
      node: text,
      status: field.status,
    },
    ['applied', 'execution', 'node', 'status'],
  ),
} satisfies Record<string, JsonSchema>
