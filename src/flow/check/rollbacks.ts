import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import { namedOutcome } from './naming.ts'
import { forwardWays, walksFrom } from './paths.ts'
import { nodesOf, triggerText, type WayOut, waysOut, wayText } from './ways-out.ts'

/** A rollback that can run, and how an execution gets there. */
export interface FoundRollback {
  readonly node: Node
  /** What starts it, as the end of a sentence: `PaymentKO in 'InventoryChecked'`. */
  readonly cause: string
  readonly moves: readonly string[]
}

/**
 * The nearest rollback that can run while a node's activity has, or may have, taken effect.
 *
 * A transition of the node itself counts only by timer: then it is unknown whether the activity has
 * happened. A rollback by one of its events says that it has not. A way out that says `failed`, or
 * whose event is a failure by name, leads nowhere from where there is something to undo.
 */
export function findRollbackAfter(flow: Flow, node: Node): FoundRollback | undefined {
  const own = waysOut(node).find(({ by, transition }) => {
    return by.kind === 'timer' && transition.to.kind === 'rollback'
  })
  if (own !== undefined) return foundAt(own, [])
  for (const { node: later, moves } of walksFrom(flow, waysAfterEffect(node))) {
    const way = waysOut(later).find(({ transition }) => transition.to.kind === 'rollback')
    if (way !== undefined) return foundAt(way, moves)
    if (later.activity !== undefined && rollsBackOnFailure(flow)) {
      const { command } = later.activity.send
      return {
        node: later,
        cause: `a failed delivery of ${command} in \`${later.id}\` (\`onFailure: rollback\`)`,
        moves: [...moves, `${later.id} —${command} cannot be delivered→ rollback`],
      }
    }
  }
  return undefined
}

/** Whether the author works with compensation: else the default policy has nothing to say. */
export function usesCompensation(flow: Flow): boolean {
  return nodesOf(flow).some(
    (node) =>
      node.undo !== undefined ||
      waysOut(node).some(({ transition }) => transition.to.kind === 'rollback'),
  )
}

export function rollsBackOnFailure(flow: Flow): boolean {
  return flow.onFailure.policy === 'rollback'
}

/** The ways out on which the node's activity has, or may have, taken effect. */
export function waysAfterEffect(node: Node): readonly WayOut[] {
  return forwardWays(node).filter((way) => !saysFailed(way))
}

/** Whether a way out means that the activity did not happen, by word or by the event's name. */
export function saysFailed({ by, transition }: WayOut): boolean {
  if (transition.failed) return true
  return by.kind === 'event' && namedOutcome(by.event)?.outcome === 'failure'
}

function foundAt(way: WayOut, moves: readonly string[]): FoundRollback {
  return {
    node: way.node,
    cause: `${triggerText(way.by)} in \`${way.node.id}\``,
    moves: [...moves, wayText(way)],
  }
}
