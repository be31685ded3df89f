import { Command } from 'commander'
import { apiPath } from '../api/client.ts'
import type { ClusterView } from '../api/shapes.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  say,
  type ServerOptions,
} from '../context.ts'
import { escapeControls } from '../render/escape.ts'
import { formatAgo, formatDuration } from '../render/duration.ts'
import { renderTable } from '../render/table.ts'
import { withExamples, withServer } from './options.ts'

/** `signalbox replicas`: who works on the same store. */
export function replicasCommand(context: CommandContext): Command {
  const command = withServer(new Command('replicas'))
    .summary('list the replicas on the same store')
    .description(
      'Lists every replica whose lease has not ended, which of them answers, and the channels that do not work there. With --json: one line of JSON.',
    )
    .action(async (options: ServerOptions) => {
      const cluster = await apiOf(context, options).call<ClusterView>(apiPath('cluster'))
      if (options.json === true) {
        printJson(context, cluster)
        return
      }
      if (cluster.shared) printLine(context, renderReplicas(context, cluster))
      else say(context, `One process: a ${cluster.store} store is nobody else's.`)
      if (cluster.lease === 'lost') {
        say(context, 'The lease of the one that answers has ended; others take its work over.')
      }
      for (const { name, trouble } of cluster.channels) {
        if (trouble !== undefined) say(context, escapeControls(`${name}: ${trouble.detail}`))
      }
    })
  return withExamples(command, [['Who is there?', 'signalbox replicas']])
}

type Row = ClusterView['replicas'][number]

function renderReplicas(context: CommandContext, { replicas }: ClusterView): string {
  const { paint, columns } = context.terminal.data
  const now = Date.now()
  return renderTable<Row>(
    [
      { title: 'REPLICA', text: ({ name }) => name, shrinkTo: 12 },
      { title: 'ID', text: ({ id }) => id, shrinkTo: 8 },
      { title: 'JOINED', text: ({ joinedAt }) => formatAgo(Date.parse(joinedAt), now) },
      { title: 'LEASE', text: ({ leaseMs }) => formatDuration(leaseMs) },
      { title: 'ANSWERS', text: ({ answers }) => (answers ? 'this one' : '') },
    ],
    replicas,
    {
      paintTitle: (title) => paint('bold', title),
      ...(columns === undefined ? {} : { width: columns }),
    },
  )
}
