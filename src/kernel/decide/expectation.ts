import type { RejectionCode } from '../model/decision.ts'
import type { Status } from '../model/execution.ts'
import type { MessageKind } from '../model/message.ts'

/** What a message meets in a status: its handler, no effect, or a rejection. */
export type Expectation = 'decide' | 'stale' | RejectionCode

type Row = Readonly<Record<Status, Expectation>>

/** The same in every status, except where said otherwise. */
function row(usual: Expectation, unusual: Partial<Row> = {}): Row {
  return {
    running: usual,
    waiting: usual,
    compensating: usual,
    incident: usual,
    paused: usual,
    completed: usual,
    failed: usual,
    'rolled-back': usual,
    cancelled: usual,
    ...unusual,
  }
}

function whenFinished(expectation: Expectation): Partial<Row> {
  return {
    completed: expectation,
    failed: expectation,
    'rolled-back': expectation,
    cancelled: expectation,
  }
}

/**
 * The table of SPEC.md in code: statuses × messages, complete by type. `decide` looks here first.
 * A new status or message does not compile until every cell is filled.
 */
export const expectations: Readonly<Record<MessageKind, Row>> = {
  'start-execution': row('EXECUTION_EXISTS'),
  'apply-event': row('decide'),
  'accept-command': row('decide'),
  'fail-command': row('decide'),
  'fire-timer': row('decide', { paused: 'stale', ...whenFinished('stale') }),
  retry: row('decide', { running: 'NOTHING_TO_RETRY', paused: 'NOTHING_TO_RETRY' }),
  skip: row('decide', {
    running: 'NOTHING_TO_SKIP',
    waiting: 'NOTHING_TO_SKIP',
    paused: 'NOTHING_TO_SKIP',
  }),
  'roll-back': row('decide', {
    compensating: 'ROLLBACK_RUNNING',
    'rolled-back': 'NOTHING_TO_ROLL_BACK',
  }),
  cancel: row('decide', whenFinished('EXECUTION_FINISHED')),
  pause: row('decide', { paused: 'ALREADY_PAUSED', ...whenFinished('EXECUTION_FINISHED') }),
  resume: row('NOT_PAUSED', { paused: 'decide', ...whenFinished('EXECUTION_FINISHED') }),
  move: row('decide', {
    compensating: 'ROLLBACK_RUNNING',
    ...whenFinished('EXECUTION_FINISHED'),
  }),
}
