import { SignalboxError } from '../../errors/signalbox-error.ts'
import { compileFlow } from '../../flow/index.ts'
import { simulate, type SimulationStep } from '../../flow/simulate.ts'
import type { Flow } from '../../kernel/index.ts'
import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { executionView } from '../wire/execution-view.ts'
import { factView } from '../wire/fact-view.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { maskSecrets } from '../wire/secrets.ts'
import { toIso } from '../wire/time.ts'
import { readMove, type ScriptLine, scriptLineSchema } from './simulation-script.ts'

interface Shape {
  Params: { flow: string }
  Body: { text?: string; script: readonly ScriptLine[] }
}

/** Lines of one script: enough for any story, few enough to answer at once. */
const scriptLinesMax = 200

/** `POST /api/flows/:flow/simulate` */
export function simulateFlow(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/flows/:flow/simulate',
    tag: 'flows',
    summary: 'Play a story through a flow',
    description:
      'With text: that text instead of the published one. Each line of the script is a start, an event, time that passes, a command accepted or failed, or an act of an operator. Nothing is stored or sent.',
    access: access.design,
    params: closedObject({ flow: field.name }, ['flow']),
    body: closedObject(
      {
        text: { type: 'string', maxLength: limits.flowTextBytes },
        script: { type: 'array', maxItems: scriptLinesMax, items: scriptLineSchema },
      },
      ['script'],
    ),
    answers: { 200: { description: 'What each line led to.', schema: simulationSchema } },
    errors: ['FLOW_NOT_FOUND', 'FLOW_INVALID'],
    handle: async (request) => {
      const { text, script } = request.body
      const { actor } = request.identity
      const moves = script.map((line, index) => readMove(line, index, actor))
      const flow =
        text === undefined
          ? (await context.engine.flows.get(request.params.flow)).flow
          : compileText(context, text)
      const steps = simulate(flow, moves, { startAt: Date.now() })
      const last = steps.at(-1)?.execution
      return {
        steps: stepViews(flow, steps),
        ...(last === undefined ? {} : { execution: executionView(flow, last) }),
      }
    },
  })
}

const commandSchema = closedObject(
  {
    id: { type: 'string' },
    command: { type: 'string' },
    channel: { type: 'string' },
    purpose: { enum: ['activity', 'also', 'undo'] },
    data: field.data,
  },
  ['id', 'command', 'channel', 'purpose', 'data'],
)

const simulationSchema = closedObject(
  {
    steps: {
      type: 'array',
      items: closedObject(
        {
          at: field.time,
          refusal: closedObject({ code: { type: 'string' }, detail: { type: 'string' } }),
          ignored: { type: 'string', description: 'Why an event had no effect.' },
          moves: { type: 'array', items: component('Fact') },
          commands: { type: 'array', items: commandSchema },
          status: field.status,
          node: { type: 'string' },
          state: field.object,
        },
        ['at', 'moves', 'commands'],
      ),
    },
    execution: component('Execution'),
  },
  ['steps'],
)

function compileText(context: HttpContext, text: string): Flow {
  const { flow, diagnostics } = compileFlow({ text }, context.compileContext)
  if (flow !== undefined) return flow
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  throw new SignalboxError(
    'FLOW_INVALID',
    `expected a flow without errors, found ${errors.length}: ${errors[0]?.message ?? ''}`,
    { details: { diagnostics } },
  )
}

function stepViews(flow: Flow, steps: readonly SimulationStep[]): readonly object[] {
  let sequence = 0
  return steps.map(({ refusal, ignored, facts, commands, at, execution }) => ({
    at: toIso(at),
    ...(refusal === undefined ? {} : { refusal }),
    ...(ignored === undefined ? {} : { ignored }),
    moves: facts.map((fact) => {
      sequence += 1
      return factView(flow, sequence, fact)
    }),
    commands: commands.map(({ commandId, command, channel, purpose, data }) => ({
      id: commandId,
      command,
      channel,
      purpose,
      data: maskSecrets(data, flow.secrets),
    })),
    ...(execution === undefined
      ? {}
      : {
          status: execution.status,
          node: execution.node,
          state: maskSecrets(execution.state, flow.secrets),
        }),
  }))
}
