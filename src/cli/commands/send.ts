import { Command } from 'commander'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { apiPath } from '../api/client.ts'
import { findExecution } from '../api/find-execution.ts'
import type { EventAnswerView } from '../api/shapes.ts'
import { apiOf, type CommandContext, printJson, printLine, type ServerOptions } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { readJsonArgument } from '../read-input.ts'
import { escapeControls } from '../render/escape.ts'
import { withExamples, withServer } from './options.ts'

interface SendOptions extends ServerOptions {
  readonly flow?: string
  readonly key?: string
  readonly data?: string
  readonly id?: string
}

/** `signalbox send EXECUTION EVENT`, or with `--flow` and `--key` in place of the execution. */
export function sendCommand(context: CommandContext): Command {
  const command = withServer(new Command('send'))
    .summary('send an event to an execution')
    .description(
      'Sends an event to an execution, addressed by its id, or by flow and business key. Ends with exit code 1 when the event had no effect, and says why.',
    )
    .usage(
      '[options] <execution> <event>\n       signalbox send [options] --flow FLOW --key KEY <event>',
    )
    .argument('<names...>', 'the execution and the event; only the event with --flow and --key')
    .option('--flow <flow>', 'address by flow and key')
    .option('-k, --key <key>', 'business key')
    .option('-d, --data <data>', 'data of the event: JSON, @FILE or - for stdin')
    .option('--id <id>', 'id of the event; the same id again has no second effect')
    .action((names: readonly string[], options: SendOptions) => send(context, names, options))
  return withExamples(command, [
    ['To an execution', 'signalbox send 0199f3c2-… PaymentOK'],
    [
      'By business key, with data',
      `signalbox send --flow order --key 4711 PaymentOK --data '{"receipt": "r-1"}'`,
    ],
  ])
}

async function send(
  context: CommandContext,
  names: readonly string[],
  options: SendOptions,
): Promise<void> {
  const { flow, key, id } = options
  const byKey = flow !== undefined || key !== undefined
  const [first, second] = names
  const event = byKey ? first : second
  if (event === undefined || names.length !== (byKey ? 1 : 2) || (byKey && !(flow && key))) {
    throw new SignalboxError(
      'REQUEST_INVALID',
      `expected EXECUTION EVENT, or --flow FLOW --key KEY EVENT; found ${names.length} name(s)` +
        `${flow === undefined ? '' : ' with --flow'}${key === undefined ? '' : ' with --key'}`,
    )
  }
  const client = apiOf(context, options)
  const data =
    options.data === undefined ? undefined : await readJsonArgument(context, options.data, '--data')
  const body = {
    event,
    ...(data === undefined ? {} : { data }),
    ...(id === undefined ? {} : { id }),
  }
  const answer = byKey
    ? await client.call<EventAnswerView>(apiPath('events'), {
        method: 'POST',
        body: { ...body, flow, key },
      })
    : await client.call<EventAnswerView>(
        apiPath('executions', (await findExecution(client, first ?? '')).id, 'events'),
        { method: 'POST', body },
      )
  if (!answer.applied) context.exit(exitCodes.failed.code)
  if (options.json === true) printJson(context, answer)
  else printLine(context, escapeControls(answerText(event, answer)))
}

function answerText(event: string, answer: EventAnswerView): string {
  return answer.applied
    ? `${event} applied: ${answer.status} in ${answer.node}`
    : `${event} had no effect (${answer.reason ?? 'no reason given'}): ${answer.status} in ${answer.node}`
}
