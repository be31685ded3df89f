import { formatDuration } from '../duration.ts'
import type { FlowGraph, GraphEdge, GraphNode } from '../graph.ts'

/** Draws the flow as a Mermaid state diagram, as Markdown viewers show it. */
export function flowToMermaid(graph: FlowGraph): string {
  const names = new Map(graph.nodes.map((node, index) => [node.id, `s${index}`]))
  const name = (id: string): string => names.get(id) ?? 'unknown'
  const lines = ['stateDiagram-v2', '  direction LR']
  for (const node of graph.nodes) lines.push(`  state "${label(node)}" as ${name(node.id)}`)
  if (names.has(graph.startNode)) lines.push(`  [*] --> ${name(graph.startNode)}`)
  for (const edge of graph.edges) {
    // A target that does not exist is a finding, not a picture.
    if (edge.to !== undefined && !names.has(edge.to)) continue
    const target = edge.to === undefined ? (edge.stay ? name(edge.from) : '[*]') : name(edge.to)
    lines.push(`  ${name(edge.from)} --> ${target} : ${edgeLabel(edge)}`)
  }
  for (const node of graph.nodes) {
    if (node.final !== undefined) lines.push(`  ${name(node.id)} --> [*]`)
  }
  lines.push(...classes(graph, name))
  return `${lines.join('\n')}\n`
}

function label(node: GraphNode): string {
  const lines = [node.title ?? node.id]
  if (node.send !== undefined) lines.push(`▷ ${node.send.command}`)
  for (const { command } of node.also) lines.push(`▹ ${command}`)
  if (node.undo !== undefined) lines.push(`↶ ${node.undo.command}`)
  return lines.map(escape).join('<br/>')
}

function edgeLabel(edge: GraphEdge): string {
  const parts = [causeText(edge)]
  if (edge.guard !== undefined) parts.push(`if ${edge.guard}`)
  if (edge.rollback) parts.push('↶ undo')
  return escape(parts.filter((part) => part !== '').join(' '))
}

function causeText({ by, guard }: GraphEdge): string {
  switch (by.kind) {
    case 'event':
      return by.event
    case 'timer':
      return `after ${formatDuration(by.delayMs)}`
    case 'condition':
      return guard === undefined ? 'then' : ''
  }
}

/** Mermaid reads some characters even within labels; its own escapes are `#…;`. */
function escape(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').slice(0, 200)
  return flat.replaceAll(/[#;:"<>{}[\]\\`%]/g, (character) => `#${character.charCodeAt(0)};`)
}

function classes(graph: FlowGraph, name: (id: string) => string): readonly string[] {
  const lines: string[] = []
  for (const [final, style] of [
    ['success', 'fill:#d9f2e3,stroke:#2a8a57'],
    ['failure', 'fill:#fbdede,stroke:#b23b3b'],
  ] as const) {
    const ids = graph.nodes.filter((node) => node.final === final).map(({ id }) => name(id))
    if (ids.length > 0)
      lines.push(`  classDef ${final} ${style}`, `  class ${ids.join(',')} ${final}`)
  }
  return lines
}
