import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import type { Transition } from '../../kernel/model/transition.ts'
import type { Locate } from '../compilation.ts'
import { formatDuration } from '../duration.ts'
import { durationSpellings } from './duration-spellings.ts'
import type { Path } from './finding.ts'

/** What makes an execution try a transition. */
export type Trigger =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'timer'; readonly delayMs: number }
  | { readonly kind: 'condition' }

/** Transitions that are tried one after the other: the first whose guard holds is taken. */
export interface Choice {
  readonly node: Node
  readonly by: Trigger
  readonly transitions: readonly Transition[]
}

/** One transition, and what makes an execution try it. */
export interface WayOut {
  readonly node: Node
  readonly by: Trigger
  readonly transition: Transition
  /** Its place among the transitions tried together; absent if it is the only one. */
  readonly index?: number
}

/** All choices of a node, in the order events, timers, conditions. */
export function choicesOf(node: Node): readonly Choice[] {
  const choices: Choice[] = []
  for (const [event, transitions] of node.on) {
    choices.push({ node, by: { kind: 'event', event }, transitions })
  }
  for (const { delayMs, transitions } of node.after) {
    choices.push({ node, by: { kind: 'timer', delayMs }, transitions })
  }
  if (node.next.length > 0) {
    choices.push({ node, by: { kind: 'condition' }, transitions: node.next })
  }
  return choices
}

/** All transitions of a node. */
export function waysOut(node: Node): readonly WayOut[] {
  return choicesOf(node).flatMap((choice) => waysOfChoice(choice))
}

export function waysOfChoice({ node, by, transitions }: Choice): readonly WayOut[] {
  return transitions.map((transition, index) =>
    transitions.length === 1 ? { node, by, transition } : { node, by, transition, index },
  )
}

/** The node that a transition leads to, at once or after a rollback. */
export function targetOf({ transition }: WayOut): string | undefined {
  return transition.to.kind === 'stay' ? undefined : transition.to.node
}

/** Whether the transition leaves its node (or enters it again). */
export function leaves({ transition }: WayOut): boolean {
  return transition.to.kind !== 'stay'
}

/** Where the transition stands in the document. */
export function pathOfWay(way: WayOut, locate: Locate): Path {
  const path = pathOfTrigger(way.node, way.by, locate)
  return way.index === undefined ? path : [...path, way.index]
}

export function pathOfTrigger(node: Node, by: Trigger, locate: Locate): Path {
  switch (by.kind) {
    case 'event':
      return [...pathOfNode(node.id), 'on', by.event]
    case 'timer':
      return pathOfTimer(node, by.delayMs, locate)
    case 'condition':
      return [...pathOfNode(node.id), 'next']
  }
}

export function pathOfNode(id: string): Path {
  return ['states', id]
}

/** A timer's key is its duration as the author spelled it, so the spellings are tried. */
function pathOfTimer(node: Node, delayMs: number, locate: Locate): Path {
  const parent = [...pathOfNode(node.id), 'after']
  const nowhere = locate([...parent, ''], 'key').startOffset
  const spelling = durationSpellings(delayMs).find(
    (text) => locate([...parent, text], 'key').startOffset !== nowhere,
  )
  return spelling === undefined ? parent : [...parent, spelling]
}

/** A short name of what makes the execution move: `PaymentOK`, `after 5m`, `next`. */
export function triggerText(by: Trigger): string {
  switch (by.kind) {
    case 'event':
      return by.event
    case 'timer':
      return `after ${formatDuration(by.delayMs)}`
    case 'condition':
      return 'next'
  }
}

/** One move for a trace: `OrderCreated —InventoryCheckOK→ InventoryChecked`. */
export function wayText(way: WayOut): string {
  const { to, guard } = way.transition
  const condition = guard === undefined ? '' : ` if ${guard.source}`
  const arrow = `${way.node.id} —${triggerText(way.by)}${condition}→ `
  switch (to.kind) {
    case 'node':
      return arrow + to.node
    case 'rollback':
      return arrow + rollbackText(to.node)
    case 'stay':
      return `${arrow}${way.node.id} (stays)`
  }
}

export function rollbackText(target: string | undefined): string {
  return target === undefined ? 'rollback' : `rollback, then ${target}`
}

/** The nodes of a flow, in the order of the text. */
export function nodesOf(flow: Flow): readonly Node[] {
  return [...flow.nodes.values()]
}
