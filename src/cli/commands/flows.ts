import { Command } from 'commander'
import type { FlowView } from '../../http/wire/flow-view.ts'
import { apiPath } from '../api/client.ts'
import { readPages } from '../api/read-pages.ts'
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

/** `signalbox flows`: the published flows, and how their executions are. */
export function flowsCommand(context: CommandContext): Command {
  const command = withServer(new Command('flows'))
    .summary('list flows with counts of executions')
    .description(
      'Lists the published flows, their newest version, and how many executions are in which status. With --json: one JSON line each.',
    )
    .action(async (options: ServerOptions) => {
      const items: FlowView[] = []
      const pages = readPages<FlowView>(apiOf(context, options), apiPath('flows'))
      for await (const page of pages) items.push(...page)
      if (options.json === true) {
        for (const item of items) printJson(context, item)
        return
      }
      if (items.length === 0) {
        say(context, 'No flows yet. Publish one: signalbox publish order.flow.yaml')
        return
      }
      printLine(context, renderFlows(context, items))
    })
  return withExamples(command, [['Every flow', 'signalbox flows']])
}

const openStatuses = ['running', 'waiting', 'compensating', 'paused'] as const

function renderFlows(context: CommandContext, flows: readonly FlowView[]): string {
  const { paint, columns } = context.terminal.data
  const now = Date.now()
  const count = (number: number | undefined) =>
    number === undefined || number === 0 ? '·' : String(number)
  return renderTable<FlowView>(
    [
      { title: 'FLOW', text: ({ flow }) => flow },
      { title: 'TITLE', text: ({ title }) => title ?? '', shrinkTo: 8 },
      { title: 'VERSION', text: ({ version }) => `v${version}` },
      {
        title: 'STARTS',
        text: ({ status }) => status,
        paint: (padded, { status }) => paint(status === 'active' ? 'green' : 'yellow', padded),
      },
      {
        title: 'OPEN',
        align: 'right',
        text: ({ executions }) =>
          count(openStatuses.reduce((sum, status) => sum + (executions[status] ?? 0), 0)),
      },
      {
        title: 'INCIDENTS',
        align: 'right',
        text: ({ incidents }) => count(incidents),
        paint: (padded, { incidents }) => (incidents > 0 ? paint('red', padded) : padded),
      },
      { title: 'COMPLETED', align: 'right', text: ({ executions }) => count(executions.completed) },
      {
        title: 'ROLLED BACK',
        align: 'right',
        text: ({ executions }) => count(executions['rolled-back']),
      },
      { title: 'FAILED', align: 'right', text: ({ executions }) => count(executions.failed) },
      {
        title: 'LAST ACTIVITY',
        text: ({ lastActivityAt }) =>
          lastActivityAt === undefined ? '' : formatAgo(Date.parse(lastActivityAt), now),
        shrinkTo: 8,
      },
    ],
    flows,
    {
      paintTitle: (title) => paint('bold', title),
      ...(columns === undefined ? {} : { width: columns }),
    },
  )
}
