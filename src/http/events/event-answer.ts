import type { EventAnswer } from '../../engine/engine.ts'
import type { Json } from '../../kernel/model/json.ts'
import type { HttpContext } from '../context.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

/** What every request that sends an event carries. */
export interface EventBody {
  event: string
  data?: Json
  id?: string
}

export const eventProperties = {
  event: { ...field.name, description: 'the name of the event' },
  data: field.data,
  id: { ...field.id, description: 'an id that makes it idempotent: again, the first answer' },
}

export const eventBody = closedObject(eventProperties, ['event'])

/** Sends an event and says what came of it. */
export async function sendEvent(
  context: HttpContext,
  executionId: string,
  { event, data, id }: EventBody,
): Promise<object> {
  const answered: EventAnswer = await context.engine.executions.applyEvent({
    executionId,
    event,
    ...(data === undefined ? {} : { data }),
    ...(id === undefined ? {} : { messageId: id }),
  })
  const { execution } = answered
  return {
    ...answered.answer,
    execution: execution.id,
    node: execution.node,
    status: execution.status,
  }
}
