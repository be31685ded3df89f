import { createHash } from 'node:crypto'
import type { OperatorAct } from '../../engine/engine.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { HttpContext } from '../context.ts'
import type { BulkSet } from './bulk-sets.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

/** Acts under way at once: enough to fill a commit, few enough to leave room for others. */
const parallelActs = 128

/** An act as a bulk request names it. */
export interface BulkAction {
  kind: 'retry' | 'skip' | 'rollback' | 'cancel' | 'pause' | 'resume' | 'move'
  reason: string
  target?: string
  node?: string
}

export const bulkActionSchema = closedObject(
  {
    kind: { enum: ['retry', 'skip', 'rollback', 'cancel', 'pause', 'resume', 'move'] },
    reason: field.reason,
    target: { ...field.name, description: 'rollback: the node to enter then' },
    node: { ...field.name, description: 'move: the node to enter' },
  },
  ['kind', 'reason'],
)

interface Failure {
  readonly id: string
  readonly code: string
  readonly detail: string
}

/**
 * Carries an act out on each execution; one that refuses does not keep the others from it. The same
 * act with the same set changes each execution once, however often and wherever it is asked for: an
 * answer that was lost can be asked for again.
 */
export async function actOnAll(
  context: HttpContext,
  { id: setId, executionIds: ids }: BulkSet,
  action: BulkAction,
  actor: string,
): Promise<object> {
  const act = toAct(action, actor)
  const messageId = messageIdOf(setId, action)
  const failed: Failure[] = []
  for (let from = 0; from < ids.length; from += parallelActs) {
    const part = ids.slice(from, from + parallelActs)
    const outcomes = await Promise.all(part.map((id) => actOnOne(context, id, act, messageId)))
    failed.push(...outcomes.filter((outcome) => outcome !== undefined))
  }
  return { dryRun: false, count: ids.length, applied: ids.length - failed.length, failed }
}

/** Another action on the same set is another message. */
function messageIdOf(setId: string, { kind, target, node }: BulkAction): string {
  const action = createHash('sha256').update(JSON.stringify([kind, target, node]))
  return `bulk:${setId}:${action.digest('hex').slice(0, 16)}`
}

async function actOnOne(
  context: HttpContext,
  id: string,
  act: OperatorAct,
  messageId: string,
): Promise<Failure | undefined> {
  try {
    await context.engine.executions.act(id, act, messageId)
    return undefined
  } catch (error) {
    if (error instanceof SignalboxError) return { id, code: error.code, detail: error.detail }
    throw error
  }
}

function toAct(action: BulkAction, actor: string): OperatorAct {
  const { kind, reason, target, node } = action
  switch (kind) {
    case 'rollback':
      return { kind: 'roll-back', actor, reason, ...(target === undefined ? {} : { target }) }
    case 'move':
      if (node === undefined) {
        throw new SignalboxError(
          'REQUEST_INVALID',
          'expected the action move to name a node, found none',
        )
      }
      return { kind: 'move', actor, reason, node }
    default:
      return { kind, actor, reason }
  }
}
