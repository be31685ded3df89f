import { Command } from 'commander'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { ExecutionView } from '../../http/wire/execution-view.ts'
import type { FactView } from '../../http/wire/fact-view.ts'
import { isJsonObject, type JsonObject } from '../../kernel/model/json.ts'
import type { Status } from '../../kernel/model/execution.ts'
import { apiPath } from '../api/client.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  say,
  type ServerOptions,
} from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { followTimeline } from '../follow-timeline.ts'
import { readJsonArgument } from '../read-input.ts'
import { escapeControls } from '../render/escape.ts'
import { positiveInteger, withExamples, withServer } from './options.ts'

interface RunOptions extends ServerOptions {
  readonly input?: string
  readonly key?: string
  readonly id?: string
  readonly flowVersion?: number
  readonly detach?: boolean
}

/** `signalbox run FLOW`: starts an execution and follows it to its end. */
export function runCommand(context: CommandContext): Command {
  const command = withServer(new Command('run'))
    .summary('start an execution and follow it')
    .description(
      'Starts an execution and prints what happens until it ends. The exit code tells the outcome: 0 completed, 10 failed, 11 rolled back, 12 cancelled, 13 an incident needs a person. Ctrl-C ends the following, not the execution.',
    )
    .argument('<flow>', 'id of the flow')
    .option('-i, --input <data>', 'input: JSON, @FILE or - for stdin')
    .option('-k, --key <key>', "business key; overrides the flow's own")
    .option('--id <id>', 'id of the execution; the same id again does not start a second one')
    .option('--flow-version <number>', 'version of the flow (default: the newest)', positiveInteger)
    .option('--follow', 'follow it until it ends (the default)')
    .option('-d, --detach', 'print the id and end; do not follow')
    .action((flow: string, options: RunOptions) => run(context, flow, options))
  return withExamples(command, [
    [
      'Start an order and watch it',
      `signalbox run order --input '{"orderId": "4711", "items": 2}'`,
    ],
    ['Start it only; print its id', 'signalbox run order --input @order.json --detach'],
    [
      'In a script: the exit code tells the outcome',
      'signalbox run order -i @order.json || echo "not completed: $?"',
    ],
  ])
}

async function run(context: CommandContext, flow: string, options: RunOptions): Promise<void> {
  const client = apiOf(context, options)
  const input = options.input === undefined ? undefined : await readInput(context, options.input)
  const { status, body: execution } = await client.callWithStatus<ExecutionView>(
    apiPath('executions'),
    {
      method: 'POST',
      body: {
        flow,
        ...(input === undefined ? {} : { input }),
        ...(options.key === undefined ? {} : { key: options.key }),
        ...(options.id === undefined ? {} : { id: options.id }),
        ...(options.flowVersion === undefined ? {} : { version: options.flowVersion }),
      },
    },
  )
  if (status === 200)
    say(context, `The execution ${escapeControls(execution.id)} was there already.`)
  if (options.detach === true) {
    if (options.json === true) printJson(context, execution)
    else printLine(context, escapeControls(execution.id))
    return
  }
  if (options.json !== true) say(context, `execution ${escapeControls(execution.id)}`)
  let last: FactView | undefined
  await followTimeline(context, client, {
    id: execution.id,
    json: options.json === true,
    isEnd: (fact) => {
      last = fact
      return fact.kind === 'finished' || fact.kind === 'incident-raised'
    },
  })
  context.exit(exitCodeOf(last))
  if (last?.kind === 'incident-raised') {
    say(
      context,
      `It needs a person. See "signalbox show ${escapeControls(execution.id)}", then retry, skip or roll it back.`,
    )
  }
}

async function readInput(context: CommandContext, text: string): Promise<JsonObject> {
  const input = await readJsonArgument(context, text, '--input')
  if (isJsonObject(input)) return input
  throw new SignalboxError(
    'JSON_INVALID',
    `--input: expected a JSON object, found ${JSON.stringify(input).slice(0, 60)}`,
  )
}

const exitCodesByStatus: Readonly<Partial<Record<Status, number>>> = {
  completed: exitCodes.ok.code,
  failed: exitCodes.executionFailed.code,
  'rolled-back': exitCodes.executionRolledBack.code,
  cancelled: exitCodes.executionCancelled.code,
}

function exitCodeOf(last: FactView | undefined): number {
  if (last?.kind === 'incident-raised') return exitCodes.executionIncident.code
  const status = last?.['status']
  for (const [name, code] of Object.entries(exitCodesByStatus)) if (name === status) return code
  return exitCodes.internal.code
}
