import { randomUUID } from 'node:crypto'
import type { OperatorAct } from '../../engine/engine.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { ErrorCode } from '../../errors/catalogue.ts'
import {
  decide,
  type Decision,
  type Execution,
  type Flow,
  type Message,
} from '../../kernel/index.ts'
import { access } from '../auth/roles.ts'
import { flowOf, type HttpContext } from '../context.ts'
import { defineRoute, type JsonSchema, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { executionView } from '../wire/execution-view.ts'
import { factView } from '../wire/fact-view.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { maskSecrets } from '../wire/secrets.ts'

/** What every operator's act carries. */
export interface ActBody {
  reason: string
  dryRun?: boolean
}

interface ActDefinition<Body extends ActBody> {
  /** The last part of the path. */
  readonly name: string
  readonly summary: string
  readonly description: string
  /** Properties of the body besides `reason` and `dryRun`. */
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly errors: readonly ErrorCode[]
  readonly toAct: (body: Body, actor: string) => OperatorAct
}

const dryRunSchema = closedObject(
  {
    dryRun: { const: true },
    execution: component('Execution'),
    facts: { type: 'array', items: component('Fact') },
    commands: {
      type: 'array',
      items: closedObject(
        { command: { type: 'string' }, channel: { type: 'string' }, data: field.data },
        ['command', 'channel', 'data'],
      ),
    },
  },
  ['dryRun', 'execution', 'facts', 'commands'],
)

/** The route of one operator's act: `POST /api/executions/:id/<name>`. */
export function actRoute<Body extends ActBody>(
  context: HttpContext,
  definition: ActDefinition<Body>,
): Route {
  return defineRoute<{ Params: { id: string } }>({
    method: 'POST',
    path: `/api/executions/:id/${definition.name}`,
    tag: 'executions',
    summary: definition.summary,
    description: `${definition.description} With dryRun: what would happen, nothing is changed.`,
    access: access.operate,
    params: closedObject({ id: field.id }, ['id']),
    body: closedObject(
      { reason: field.reason, dryRun: { type: 'boolean' }, ...definition.properties },
      ['reason', ...(definition.required ?? [])],
    ),
    answers: {
      200: {
        description: 'The execution after the act; with dryRun, what it would be.',
        schema: { anyOf: [component('Execution'), dryRunSchema] },
      },
    },
    errors: ['EXECUTION_NOT_FOUND', 'EXECUTION_FINISHED', 'BUSY', ...definition.errors],
    handle: async (request) => {
      const { id } = request.params
      // The schema above is made for Body.
      const body = request.body as Body
      const act = definition.toAct(body, request.identity.actor)
      if (body.dryRun === true) return rehearse(context, id, act)
      const execution = await context.engine.executions.act(id, act)
      return executionView(await flowOf(context, execution), execution)
    },
  })
}

/** What the act would lead to: the kernel is pure, so asking it changes nothing. */
async function rehearse(context: HttpContext, id: string, act: OperatorAct): Promise<object> {
  const execution = await context.engine.executions.get(id)
  const flow = await flowOf(context, execution)
  const decision = decideAct(flow, execution, act)
  if (decision.kind === 'rejected') throw new SignalboxError(decision.code, decision.detail)
  return {
    dryRun: true,
    execution: executionView(flow, decision.execution),
    facts: decision.facts.map((fact, index) =>
      factView(flow, execution.revision + index + 1, fact),
    ),
    commands: decision.effects
      .filter((effect) => effect.kind === 'send-command')
      .map(({ command, channel, data }) => ({
        command,
        channel,
        data: maskSecrets(data, flow.secrets),
      })),
  }
}

/** Asks the kernel what an act would lead to now. */
export function decideAct(flow: Flow, execution: Execution, act: OperatorAct): Decision {
  const message: Message = { ...act, id: randomUUID(), at: Date.now() }
  return decide(flow, execution, message)
}
