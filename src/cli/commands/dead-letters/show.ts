import { Command } from 'commander'
import { apiPath } from '../../api/client.ts'
import type { DeadLetterView } from '../../api/shapes.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  type ServerOptions,
} from '../../context.ts'
import { escapeControls, escapeControlsInLines } from '../../render/escape.ts'
import { positiveInteger, withExamples, withServer } from '../options.ts'

/** `signalbox dead-letters show NUMBER`: the message as it came. */
export function showDeadLetterCommand(context: CommandContext): Command {
  const command = withServer(new Command('show'))
    .summary('show one with its message as it came')
    .description('Shows why a message could not be applied, where it came from, and what it says.')
    .argument('<number>', 'of the dead letter', positiveInteger)
    .action(async (number: number, options: ServerOptions) => {
      const letter = await apiOf(context, options).call<DeadLetterView>(
        apiPath('dead-letters', String(number)),
      )
      if (options.json === true) printJson(context, letter)
      else printLine(context, renderDeadLetter(letter))
    })
  return withExamples(command, [['What does it say?', 'signalbox dead-letters show 17']])
}

function renderDeadLetter(letter: DeadLetterView): string {
  const { number, code, detail, channel, source, position, receivedAt, key, headers } = letter
  const rows: readonly (readonly [string, string])[] = [
    ['number', String(number)],
    ['reason', `${code}: ${detail}`],
    ['channel', channel],
    ['read from', `${source} at ${position}, ${receivedAt}`],
    ['key', key ?? 'none'],
    ...Object.entries(headers).map(([name, value]) => [`header ${name}`, value] as const),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => escapeControls(`${name.padEnd(width)}  ${value}`))
  const kind = letter.encoding === 'base64' ? 'value, in base64:' : 'value:'
  return [...lines, kind, escapeControlsInLines(letter.value)].join('\n')
}
