import { Command } from 'commander'
import { SignalboxError } from '../../../errors/signalbox-error.ts'
import { apiPath } from '../../api/client.ts'
import type { ResendView } from '../../api/shapes.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  say,
  type ServerOptions,
} from '../../context.ts'
import { exitCodes } from '../../exit-codes.ts'
import { readJsonArgument } from '../../read-input.ts'
import { escapeControls } from '../../render/escape.ts'
import { positiveInteger, withExamples, withServer } from '../options.ts'
import { type Choice, chosenNumbers, inRequests } from './chosen-numbers.ts'

interface ResendOptions extends ServerOptions, Choice {
  readonly execution?: string
  readonly event?: string
  readonly data?: string
}

/** `signalbox dead-letters resend`: applies messages again. */
export function resendDeadLettersCommand(context: CommandContext): Command {
  const command = withServer(new Command('resend'))
    .summary('apply them again, after the reason was put right')
    .description(
      'Applies messages again as events, the oldest first. Those that were taken are removed; those without effect or refused stay. A message is applied once, however often it is sent again. Exit code 1 when one of them stays. With --json: one JSON line each.',
    )
    .argument('[numbers...]', 'of the dead letters', collectNumbers)
    .option('--all', 'all of them')
    .option('-c, --channel <channel>', 'with --all: those of this channel')
    .option('--code <code>', 'with --all: those with this reason')
    .option('--execution <id>', 'for one: instead of the key of the message')
    .option('--event <event>', 'for one: instead of its messageLabel')
    .option('-d, --data <json>', 'for one: instead of its messagePayload; @FILE, - for stdin')
    .action((numbers: readonly number[], options: ResendOptions) =>
      resend(context, numbers, options),
    )
  return withExamples(command, [
    ['These two', 'signalbox dead-letters resend 17 18'],
    [
      'All whose execution was not there',
      'signalbox dead-letters resend --all --code EXECUTION_NOT_FOUND',
    ],
    ['One whose key is missing', 'signalbox dead-letters resend 17 --execution ID'],
  ])
}

export function collectNumbers(
  text: string,
  previous: readonly number[] | undefined,
): readonly number[] {
  return [...(previous ?? []), positiveInteger(text)]
}

async function resend(
  context: CommandContext,
  named: readonly number[],
  options: ResendOptions,
): Promise<void> {
  const client = apiOf(context, options)
  const correction = await readCorrection(context, options)
  const answers: ResendView[] = []
  if (correction !== undefined) {
    const [number, another] = named
    if (number === undefined || another !== undefined || options.all === true) {
      throw new SignalboxError(
        'REQUEST_INVALID',
        'expected one number beside --execution, --event and --data, found another count',
      )
    }
    const path = apiPath('dead-letters', String(number), 'resend')
    const answer = await client.call<ResendView>(path, { method: 'POST', body: correction })
    answers.push({ number, ...answer })
  } else {
    for (const numbers of inRequests(await chosenNumbers(client, named, options))) {
      const path = apiPath('dead-letters', 'resend')
      const { items } = await client.call<{ items: readonly ResendView[] }>(path, {
        method: 'POST',
        body: { numbers },
      })
      answers.push(...items)
    }
  }
  for (const answer of answers) {
    if (options.json === true) printJson(context, answer)
    else printLine(context, escapeControls(describe(answer)))
  }
  const removed = answers.filter((answer) => answer.removed).length
  say(context, `${removed} removed, ${answers.length - removed} stay.`)
  if (removed < answers.length) context.exit(exitCodes.failed.code)
}

async function readCorrection(
  context: CommandContext,
  { execution, event, data }: ResendOptions,
): Promise<object | undefined> {
  if (execution === undefined && event === undefined && data === undefined) return undefined
  return {
    ...(execution === undefined ? {} : { execution }),
    ...(event === undefined ? {} : { event }),
    ...(data === undefined ? {} : { data: await readJsonArgument(context, data, '--data') }),
  }
}

function describe(answer: ResendView): string {
  const { number, applied, reason, execution, node, code, detail } = answer
  if (code !== undefined) return `${number}  stays    ${code}: ${detail ?? ''}`
  const where = `${execution ?? ''} is in ${node ?? ''}`
  if (applied) return `${number}  applied  ${where}`
  return `${number}  ${answer.removed ? 'removed' : 'stays  '}  ${reason ?? ''}: ${where}`
}
