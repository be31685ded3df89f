import type { Flow } from '../../../kernel/model/flow.ts'
import type { Locate } from '../../compilation.ts'
import type { Fix } from '../../diagnostic.ts'
import type { Finding } from '../finding.ts'
import { pathOfWay, type WayOut } from '../ways-out.ts'
import { endingOf } from './ending.ts'
import { type Arrival, traceOf } from './known-states.ts'
import { effectMark, undoMark } from './search-state.ts'
import type { Step } from './step.ts'

/**
 * FAILURE_LEAVES_EFFECTS: the execution fails without a rollback, and something stays that was done:
 * an undo is remembered and was not run, or an activity has no undo at all.
 */
export function findFailureEffects(
  flow: Flow,
  step: Step,
  arrival: Arrival,
  locate: Locate,
): readonly Finding[] {
  const { execution, effects } = step.state
  if (execution.status !== 'failed') return []
  const remembered = execution.compensations.at(-1)
  const node = remembered?.node ?? [...effects].at(-1)
  if (node === undefined) return []
  const ending = endingOf(flow, step, locate)
  const command = flow.nodes.get(node)?.activity?.send.command ?? 'the activity'
  const fix =
    ending.way === undefined || remembered === undefined
      ? undefined
      : rollBackInstead(ending.way, locate)
  return [
    {
      code: 'FAILURE_LEAVES_EFFECTS',
      message: `Expected a failure to leave nothing behind, found that it ends in \`${execution.node}\` without a rollback while the effect of ${command} in \`${node}\` ${remembered?.outcome === 'unknown' ? 'may stay' : 'stays'}. ${remembered === undefined ? withoutUndo : withUndo}`,
      path: ending.path,
      trace: traceOf(arrival, remembered === undefined ? effectMark(node) : undoMark(remembered)),
      ...(fix === undefined ? {} : { fix }),
    },
  ]
}

const withUndo =
  'Roll back on the way there (`rollback`), or say `failed: true` where the event means that nothing was done.'
const withoutUndo =
  'Give it an undo and roll back, or say that there is nothing to undo (`undo: none`).'

/** Turns `X: End` into `X: { rollback: End }`, and the key `to` into `rollback`. */
function rollBackInstead(way: WayOut, locate: Locate): Fix | undefined {
  const { to } = way.transition
  if (to.kind !== 'node') return undefined
  const path = pathOfWay(way, locate)
  const value = locate(path, 'value')
  const title = `Roll back before entering \`${to.node}\``
  const quotes = value.endOffset - value.startOffset - to.node.length
  if (quotes === 0 || quotes === 2) {
    const newText =
      quotes === 0 ? `{ rollback: ${to.node} }` : `{ "rollback": ${JSON.stringify(to.node)} }`
    const { startOffset, endOffset } = value
    return { title, edits: [{ startOffset, endOffset, newText }] }
  }
  const key = locate([...path, 'to'], 'key')
  const isTo = key.endOffset - key.startOffset === 2 && key.startOffset > value.startOffset
  if (!isTo) return undefined
  const { startOffset, endOffset } = key
  return { title, edits: [{ startOffset, endOffset, newText: 'rollback' }] }
}
