import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import type { Locate } from '../compilation.ts'
import type { Check, Finding } from './finding.ts'
import { addProperty, failureTransition } from './fixes.ts'
import { insertEntryBefore } from './insert-entry.ts'
import { leaves, nodesOf, pathOfNode, waysOut } from './ways-out.ts'

/**
 * TIMER_MISSING: an event is waited for without an end. Services stop, messages get lost: then only
 * a person would notice.
 */
export const checkTimerMissing: Check = (flow, locate) =>
  nodesOf(flow).flatMap((node) => [...checkNode(flow, node, locate), ...checkUndo(node, locate)])

function checkNode(flow: Flow, node: Node, locate: Locate): readonly Finding[] {
  const waits = node.final === undefined && node.on.size > 0
  const timers = waysOut(node).filter(({ by }) => by.kind === 'timer')
  if (!waits || timers.some((way) => leaves(way))) return []
  const transition = failureTransition(flow)
  const fix =
    transition === undefined || timers.length > 0
      ? undefined
      : addProperty(
          node,
          locate,
          {
            key: 'after',
            yaml: `{ 1h: ${transition.yaml} }`,
            json: `{ "1h": ${transition.json} }`,
          },
          'Add a timer (choose the time)',
        )
  return [
    {
      code: 'TIMER_MISSING',
      message: `Expected \`${node.id}\` to have a timer (\`after\`), because it waits for ${eventList(node)}; found ${timers.length === 0 ? 'none' : 'none that leaves the state'}. If no event comes, the execution waits for ever.`,
      path: pathOfNode(node.id),
      ...(fix === undefined ? {} : { fix }),
    },
  ]
}

function checkUndo(node: Node, locate: Locate): readonly Finding[] {
  const { undo } = node
  if (undo?.done === undefined || undo.withinMs !== undefined) return []
  const path = [...pathOfNode(node.id), 'undo']
  const fix = insertEntryBefore(
    locate,
    path,
    'done',
    { key: 'within', yaml: '1h', json: '"1h"' },
    'Add a time limit (choose the time)',
  )
  return [
    {
      code: 'TIMER_MISSING',
      message: `Expected the undo of \`${node.id}\` to have a time limit (\`within\`), because it waits for ${undo.done}; found none. If the event does not come, the rollback waits for ever.`,
      path,
      ...(fix === undefined ? {} : { fix }),
    },
  ]
}

function eventList(node: Node): string {
  const events = [...node.on.keys()]
  const last = events.pop() ?? ''
  return events.length === 0 ? last : `${events.join(', ')} or ${last}`
}
