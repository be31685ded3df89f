import { Command } from 'commander'
import { apiPath } from '../../api/client.ts'
import type { DeadLetterPage, DeadLetterSummary } from '../../api/shapes.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  say,
  type ServerOptions,
} from '../../context.ts'
import { truncate } from '../../render/display-width.ts'
import { formatAgo } from '../../render/duration.ts'
import { renderTable } from '../../render/table.ts'
import { positiveInteger, withExamples, withServer } from '../options.ts'

interface ListOptions extends ServerOptions {
  readonly channel?: string
  readonly before?: number
  readonly limit: number
}

/** Any id is shown whole; what is no id may be as long as a message. */
const keyWidthMax = 200

/** `signalbox dead-letters list`, the newest first. */
export function listDeadLettersCommand(context: CommandContext): Command {
  const command = withServer(new Command('list').alias('ls'))
    .summary('list them, the newest first')
    .description(
      'Lists messages that could not be applied, the newest first, with the reason. With --json: one JSON line each.',
    )
    .option('-c, --channel <channel>', 'of this channel')
    .option('--before <number>', 'only those with a lower number', positiveInteger)
    .option('-l, --limit <number>', 'how many at most (up to 50)', positiveInteger, 50)
    .action(async (options: ListOptions) => {
      const { channel, before, limit } = options
      const page = await apiOf(context, options).call<DeadLetterPage>(apiPath('dead-letters'), {
        query: { channel, before, limit },
      })
      if (options.json === true) {
        for (const item of page.items) printJson(context, item)
        return
      }
      if (page.items.length === 0) say(context, 'No dead letters.')
      else printLine(context, renderDeadLetters(context, page.items))
      if (page.nextBefore !== undefined) {
        say(context, `There may be more; --before ${page.nextBefore} shows the next.`)
      }
    })
  return withExamples(command, [
    ['Those of one channel', 'signalbox dead-letters list --channel shop'],
    ['How many, and why?', 'signalbox dead-letters list --json | jq -r .code | sort | uniq -c'],
  ])
}

function renderDeadLetters(context: CommandContext, items: readonly DeadLetterSummary[]): string {
  const { paint, columns } = context.terminal.data
  const now = Date.now()
  return renderTable<DeadLetterSummary>(
    [
      { title: 'NUMBER', text: ({ number }) => String(number), align: 'right' },
      { title: 'RECEIVED', text: ({ receivedAt }) => formatAgo(Date.parse(receivedAt), now) },
      { title: 'CHANNEL', text: ({ channel }) => channel, shrinkTo: 8 },
      { title: 'KEY', text: ({ key = '' }) => truncate(key, keyWidthMax), shrinkTo: 8 },
      { title: 'CODE', text: ({ code }) => code },
      { title: 'DETAIL', text: ({ detail }) => detail, shrinkTo: 20 },
    ],
    items,
    {
      paintTitle: (title) => paint('bold', title),
      ...(columns === undefined ? {} : { width: columns }),
    },
  )
}
