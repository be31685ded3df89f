import { Command } from 'commander'
import type { FlowGraph, GraphEdge, GraphNode } from '../../flow/graph.ts'
import type { FlowVersionView, FlowView } from '../../http/wire/flow-view.ts'
import { apiPath } from '../api/client.ts'
import { apiOf, type CommandContext, printJson, printLine, type ServerOptions } from '../context.ts'
import { escapeControls, escapeControlsInLines } from '../render/escape.ts'
import { formatAgo, formatDuration } from '../render/duration.ts'
import { renderTable } from '../render/table.ts'
import { positiveInteger, withExamples, withServer } from './options.ts'

interface FlowOptions extends ServerOptions {
  readonly flowVersion?: number
  readonly text?: boolean
}

type VersionWithGraph = FlowVersionView & { readonly text: string; readonly graph: FlowGraph }
type FlowWithNodes = FlowView & { readonly nodes: Readonly<Record<string, number>> }

/** `signalbox flow FLOW`: a flow's nodes, ways out, and where its executions are. */
export function flowCommand(context: CommandContext): Command {
  const command = withServer(new Command('flow'))
    .summary('show a flow: nodes, ways out, where executions are')
    .description(
      'Shows a flow: its nodes with what each sends and undoes, the ways out, and how many executions are in each node.',
    )
    .argument('<flow>', 'id of the flow')
    .option('--flow-version <number>', 'this version (default: the newest)', positiveInteger)
    .option('--text', 'print the text as it was published')
    .action(async (id: string, options: FlowOptions) => {
      const client = apiOf(context, options)
      const flow = await client.call<FlowWithNodes>(apiPath('flows', id))
      const number = String(options.flowVersion ?? flow.version)
      const version = await client.call<VersionWithGraph>(apiPath('flows', id, 'versions', number))
      if (options.text === true) printText(context, version.text)
      else if (options.json === true) printJson(context, { ...flow, shown: version })
      else printLine(context, renderFlow(context, flow, version))
    })
  return withExamples(command, [
    ['Where are the orders?', 'signalbox flow order'],
    ['The text that was published', 'signalbox flow order --text > order.flow.yaml'],
  ])
}

/** As it is for files and pipes; made safe for terminals. */
function printText({ terminal }: CommandContext, text: string): void {
  terminal.data.write(terminal.data.isTerminal ? escapeControlsInLines(text) : text)
}

function renderFlow(
  context: CommandContext,
  flow: FlowWithNodes,
  version: VersionWithGraph,
): string {
  const { paint, columns } = context.terminal.data
  const arrow = context.terminal.unicode ? '→' : '>'
  const { graph } = version
  const edgesFrom = Map.groupBy(graph.edges, ({ from }) => from)
  const title = graph.title === undefined ? '' : `  ${graph.title}`
  const published = `v${version.version}, published ${formatAgo(Date.parse(version.publishedAt), Date.now())} by ${version.publishedBy}, starts: ${flow.status}`
  const table = renderTable<GraphNode>(
    [
      {
        title: 'NODE',
        text: (node) => node.id,
        paint: (padded, node) => paint(styleOf(node), padded),
      },
      { title: 'OPEN', align: 'right', text: ({ id }) => String(flow.nodes[id] ?? '') },
      { title: 'SENDS', text: (node) => node.send?.command ?? '', shrinkTo: 8 },
      { title: 'UNDO', text: (node) => node.undo?.command ?? '', shrinkTo: 6 },
      {
        title: 'WAYS OUT',
        text: (node) => waysOut(node, edgesFrom.get(node.id) ?? [], arrow),
        shrinkTo: 16,
      },
    ],
    graph.nodes,
    {
      paintTitle: (text) => paint('bold', text),
      ...(columns === undefined ? {} : { width: columns }),
    },
  )
  const head = paint('bold', escapeControls(`${graph.id}${title}`))
  const description =
    graph.description === undefined ? '' : `\n${escapeControls(graph.description)}`
  return `${head}\n${paint('dim', escapeControls(published))}${description}\n\n${table}`
}

function styleOf(node: GraphNode): 'green' | 'red' | 'bold' {
  if (node.final === undefined) return 'bold'
  return node.final === 'success' ? 'green' : 'red'
}

function waysOut(node: GraphNode, edges: readonly GraphEdge[], arrow: string): string {
  if (node.final !== undefined) return `final: ${node.final}`
  return edges.map((edge) => wayOut(edge, arrow)).join(', ')
}

function wayOut({ by, to, rollback, stay, guard }: GraphEdge, arrow: string): string {
  const how =
    by.kind === 'event'
      ? by.event
      : by.kind === 'timer'
        ? `after ${formatDuration(by.delayMs)}`
        : 'then'
  const condition = guard === undefined ? '' : ` if ${guard}`
  const target = stay ? 'stay' : `${rollback ? 'rollback ' : ''}${to ?? ''}`.trim()
  return `${how}${condition} ${arrow} ${target}`
}
