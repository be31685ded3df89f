import { Command } from 'commander'
import { apiPath } from '../api/client.ts'
import type { ChannelView, Page } from '../api/shapes.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  say,
  type ServerOptions,
} from '../context.ts'
import { formatAgo } from '../render/duration.ts'
import { renderTable } from '../render/table.ts'
import { withExamples, withServer } from './options.ts'

interface Row {
  readonly channel: string
  readonly type: string
  readonly held: number
  readonly worker?: string
  readonly lastSeenAt?: string
  readonly leased?: number
}

/** `signalbox workers`: channels, the commands they hold, and who takes them. */
export function workersCommand(context: CommandContext): Command {
  const command = withServer(new Command('workers'))
    .summary('list channels and the workers on them')
    .description(
      'Lists the channels, how many commands each holds, and the workers that were seen lately. A channel that holds commands and has no worker is where executions wait. With --json: one JSON line for each channel.',
    )
    .action(async (options: ServerOptions) => {
      const { items } = await apiOf(context, options).call<Page<ChannelView>>(apiPath('channels'))
      if (options.json === true) {
        for (const item of items) printJson(context, item)
        return
      }
      if (items.length === 0) say(context, 'No channels yet: a flow that names one makes it.')
      else printLine(context, renderWorkers(context, items.flatMap(rowsOf)))
    })
  return withExamples(command, [['Who is working?', 'signalbox workers']])
}

function rowsOf({ name: channel, type, held, workers }: ChannelView): readonly Row[] {
  if (workers.length === 0) return [{ channel, type, held }]
  return workers.map((worker) => ({ channel, type, held, ...worker }))
}

function renderWorkers(context: CommandContext, rows: readonly Row[]): string {
  const { paint, columns } = context.terminal.data
  const now = Date.now()
  const noWorker = (row: Row) => row.worker === undefined && row.type === 'queue'
  return renderTable<Row>(
    [
      { title: 'CHANNEL', text: ({ channel }) => channel, shrinkTo: 8 },
      { title: 'TYPE', text: ({ type }) => type },
      { title: 'HELD', text: ({ held }) => String(held), align: 'right' },
      {
        title: 'WORKER',
        text: (row) => row.worker ?? (row.type === 'queue' ? 'none' : ''),
        paint: (padded, row) => (noWorker(row) ? paint('yellow', padded) : padded),
        shrinkTo: 10,
      },
      {
        title: 'LEASED',
        text: ({ leased }) => (leased === undefined ? '' : String(leased)),
        align: 'right',
      },
      {
        title: 'LAST SEEN',
        text: ({ lastSeenAt }) =>
          lastSeenAt === undefined ? '' : formatAgo(Date.parse(lastSeenAt), now),
      },
    ],
    rows,
    {
      paintTitle: (title) => paint('bold', title),
      ...(columns === undefined ? {} : { width: columns }),
    },
  )
}
