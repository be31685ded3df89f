import { SignalboxError } from '../../errors/signalbox-error.ts'
import { parseDuration } from '../../flow/duration.ts'
import type { SimulatedAct, SimulationMove } from '../../flow/simulate.ts'
import { limits } from '../../kernel/limits.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

/** One line of a script as it comes over the wire: exactly one of the first six is there. */
export interface ScriptLine {
  start?: JsonObject
  event?: string
  wait?: string
  accept?: string
  fail?: string
  act?: 'retry' | 'skip' | 'rollback' | 'cancel' | 'pause' | 'resume' | 'move'
  key?: string
  data?: Json
  answers?: string
  code?: string
  message?: string
  retry?: boolean
  reason?: string
  target?: string
  node?: string
}

const kinds = ['start', 'event', 'wait', 'accept', 'fail', 'act'] as const

export const scriptLineSchema = closedObject({
  start: { ...field.object, description: 'Starts the execution with this input.' },
  event: { ...field.name, description: 'the name of an event' },
  wait: {
    type: 'string',
    maxLength: 60,
    description: 'Time passes, as 30s or 1h30m; timers fire.',
  },
  accept: { ...field.name, description: 'a pending command that is taken' },
  fail: { ...field.name, description: 'a pending command whose delivery fails' },
  act: { enum: ['retry', 'skip', 'rollback', 'cancel', 'pause', 'resume', 'move'] },
  key: { ...field.id, description: 'start: a business key' },
  data: { description: "event: its data; act retry: the compensation's data." },
  answers: { ...field.name, description: 'event: the pending command that it answers' },
  code: { ...field.name, description: 'fail: its code' },
  message: { type: 'string', maxLength: limits.reasonCharacters },
  retry: { type: 'boolean', description: 'fail: whether another attempt may help.' },
  reason: field.reason,
  target: { ...field.name, description: 'act rollback: the node to enter then' },
  node: { ...field.name, description: 'act move: the node to enter' },
})

/** The move that a line of a script means. Throws REQUEST_INVALID. */
export function readMove(line: ScriptLine, index: number, actor: string): SimulationMove {
  const given = kinds.filter((kind) => line[kind] !== undefined)
  if (given.length !== 1) {
    throw lineInvalid(index, `one of ${kinds.join(', ')}`, given.join(' and ') || 'none')
  }
  const { start, event, wait, accept, fail, act } = line
  if (start !== undefined) {
    return { kind: 'start', input: start, ...(line.key === undefined ? {} : { key: line.key }) }
  }
  if (event !== undefined) {
    const { data, answers } = line
    return {
      kind: 'event',
      event,
      ...(data === undefined ? {} : { data }),
      ...(answers === undefined ? {} : { answers }),
    }
  }
  if (wait !== undefined) return { kind: 'wait', durationMs: readWait(wait, index) }
  if (accept !== undefined) return { kind: 'accept', command: accept }
  if (fail !== undefined) {
    const { code = 'SIMULATED', message = 'a simulated failure', retry = true } = line
    return { kind: 'fail', command: fail, code, message, retryable: retry }
  }
  return { kind: 'act', act: readAct(act ?? 'retry', line, index, actor) }
}

function readWait(text: string, index: number): number {
  const durationMs = parseDuration(text)
  if (durationMs !== undefined && durationMs <= limits.timerMs) return durationMs
  throw lineInvalid(index, 'a duration such as 30s or 1h30m', JSON.stringify(text))
}

function readAct(
  kind: NonNullable<ScriptLine['act']>,
  { reason = 'simulated', data, target, node }: ScriptLine,
  index: number,
  actor: string,
): SimulatedAct {
  const act = { actor, reason }
  switch (kind) {
    case 'retry':
      return { ...act, kind, ...(data === undefined ? {} : { data }) }
    case 'rollback':
      return { ...act, kind: 'roll-back', ...(target === undefined ? {} : { target }) }
    case 'move':
      if (node === undefined) throw lineInvalid(index, 'a node to move to', 'none')
      return { ...act, kind, node }
    default:
      return { ...act, kind }
  }
}

function lineInvalid(index: number, expected: string, found: string): SignalboxError {
  return new SignalboxError(
    'REQUEST_INVALID',
    `expected ${expected} in line ${index + 1} of the script, found ${found}`,
  )
}
