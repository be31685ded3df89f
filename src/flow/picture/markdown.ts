import { formatDuration } from '../duration.ts'
import type { FlowGraph, GraphEdge, GraphNode } from '../graph.ts'
import { flowToMermaid } from './mermaid.ts'

/** Documents the flow in plain words, with its picture: each state and each way out of it. */
export function flowToMarkdown(graph: FlowGraph): string {
  const parts = [`# ${text(graph.title ?? graph.id)}`]
  if (graph.description !== undefined) parts.push(text(graph.description))
  parts.push(overview(graph))
  parts.push(`\`\`\`mermaid\n${flowToMermaid(graph)}\`\`\``)
  parts.push('## States')
  for (const node of graph.nodes) parts.push(...stateParts(node, graph))
  return `${parts.join('\n\n')}\n`
}

function overview(graph: FlowGraph): string {
  const ends = (final: 'success' | 'failure'): readonly string[] =>
    graph.nodes.filter((node) => node.final === final).map(({ id }) => code(id))
  const [good, bad] = [ends('success'), ends('failure')]
  const sentences = [`${code(graph.id)} begins in ${code(graph.startNode)}.`]
  if (good.length > 0) sentences.push(`It succeeds in ${either(good)}.`)
  if (bad.length > 0) sentences.push(`It fails in ${either(bad)}.`)
  return sentences.join(' ')
}

function stateParts(node: GraphNode, graph: FlowGraph): readonly string[] {
  const heading =
    node.title === undefined ? code(node.id) : `${text(node.title)} (${code(node.id)})`
  const parts = [`### ${heading}`]
  if (node.description !== undefined) parts.push(text(node.description))
  const doing = [...whatItIs(node, graph), ...whatItDoes(node)].join(' ')
  if (doing !== '') parts.push(doing)
  const ways = graph.edges.filter((edge) => edge.from === node.id)
  if (ways.length > 0) parts.push(ways.map((edge) => `* ${wayOut(edge)}`).join('\n'))
  return parts
}

function whatItIs(node: GraphNode, graph: FlowGraph): readonly string[] {
  const sentences: string[] = []
  if (node.stage !== undefined) {
    const stage = graph.stages.find(({ id }) => id === node.stage)
    sentences.push(`Stage: ${text(stage?.title ?? node.stage)}.`)
  }
  if (node.final === 'success') sentences.push('Here the flow ends with success.')
  if (node.final === 'failure') sentences.push('Here the flow ends with failure.')
  return sentences
}

function whatItDoes({ send, also, undo }: GraphNode): readonly string[] {
  const sentences: string[] = []
  if (send !== undefined) {
    sentences.push(`Sends the command ${code(send.command)} on the channel ${code(send.channel)}.`)
  }
  if (also.length > 0) {
    const commands = also.map(({ command }) => code(command)).join(', ')
    sentences.push(`Also sends ${commands}, whose failure does not stop the flow.`)
  }
  if (undo !== undefined) {
    const end = undo.done === undefined ? '' : `, and waits for the event ${code(undo.done)}`
    sentences.push(`A rollback undoes this with the command ${code(undo.command)}${end}.`)
  }
  return sentences
}

function wayOut(edge: GraphEdge): string {
  const cause = { event: eventCause, timer: timerCause, condition: conditionCause }[edge.by.kind]
  const guard = edge.guard === undefined ? '' : `, if ${code(edge.guard)}`
  const result =
    edge.milestone === undefined ? '' : ` This reaches the milestone ${text(edge.milestone)}.`
  const failed = edge.failed ? ' It means that the command was not carried out.' : ''
  return `${cause(edge)}${guard}: ${destination(edge)}.${failed}${result}`
}

function eventCause({ by }: GraphEdge): string {
  return by.kind === 'event' ? `When the event ${code(by.event)} arrives` : ''
}

function timerCause({ by }: GraphEdge): string {
  return by.kind === 'timer' ? `After ${formatDuration(by.delayMs)}` : ''
}

function conditionCause(): string {
  return 'At once'
}

function destination({ to, rollback, stay }: GraphEdge): string {
  if (stay) return 'it stays here'
  if (!rollback) return `it goes on to ${code(to ?? '')}`
  const end = to === undefined ? 'the flow ends as rolled back' : `it goes on to ${code(to)}`
  return `everything done so far is undone, the latest first; then ${end}`
}

function either(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}

/** Text of the flow's author, so that nothing in it is read as Markdown or HTML. */
function text(value: string): string {
  return value
    .replaceAll(/[\\`*_[\]<>#|]/g, (character) => `\\${character}`)
    .replaceAll(/\s+/g, ' ')
}

function code(value: string): string {
  const flat = value.replaceAll(/\s+/g, ' ')
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = flat.startsWith('`') || flat.endsWith('`') ? ' ' : ''
  return `${fence}${space}${flat}${space}${fence}`
}
