import type { ResendAnswer } from '../../engine/dead-letters.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

/** What became of a message that was applied again. */
export const resendAnswerProperties = {
  applied: { type: 'boolean' },
  reason: { type: 'string', description: 'Why the event had no effect (yet).' },
  removed: { type: 'boolean', description: 'Whether the dead letter is gone.' },
  execution: { type: 'string' },
  node: { type: 'string' },
  status: field.status,
}

export const resendAnswerSchema = closedObject(resendAnswerProperties, [
  'applied',
  'removed',
  'execution',
  'node',
  'status',
])

export function resendAnswerView({ answer, execution, removed }: ResendAnswer): object {
  const { id, node, status } = execution
  return { ...answer, removed, execution: id, node, status }
}
