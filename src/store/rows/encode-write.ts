import {
  type CommandPurpose,
  type Execution,
  isFinished,
  type Status,
} from '../../kernel/model/execution.ts'
import type { FlowKind } from '../../kernel/model/flow.ts'
import type { JsonObject } from '../../kernel/model/json.ts'
import { foldTerms } from '../search-terms.ts'
import type { ExecutionWrite, NewOutboxCommand, PutCommand } from '../store.ts'
import { encodeDetails } from './execution-details.ts'

/**
 * A write as tables take it: values of columns, JSON already made. It is encoded where the objects
 * are, so that only texts and numbers travel to the store's thread or to the server.
 */
export interface EncodedWrite {
  readonly id: string
  readonly flow: string
  readonly version: number
  readonly kind: FlowKind
  readonly key: string | null
  readonly startedAt: number
  readonly updatedAt: number
  readonly finishedAt: number | null
  readonly finished: boolean
  readonly status: Status
  readonly node: string
  readonly stage: string | null
  readonly hasIncident: 1 | null
  readonly wakeAt: number | null
  readonly uniqueKey: string | null
  readonly waitsForEvent: boolean
  readonly revision: number
  readonly expectedRevision: number
  /** JSON; absent where the first fact of the journal carries the input, and in updates. */
  readonly input: string | null
  /** JSON. */
  readonly state: string
  /** JSON of what has no column; see `execution-details.ts`. */
  readonly details: string
  /** JSON of the list of facts; absent without any. */
  readonly facts: string | null
  readonly inbox: readonly { readonly messageId: string; readonly answer: string }[]
  readonly searchTerms: readonly string[] | null
  readonly put: readonly EncodedCommand[]
  readonly postpone: ExecutionWrite['outbox']['postpone']
  readonly remove: readonly string[]
  readonly withdraw: readonly string[]
}

export interface EncodedCommand {
  readonly commandId: string
  readonly channel: string
  readonly dueAt: number
  readonly attempt: number
  readonly name: string
  readonly purpose: CommandPurpose
  readonly claim: boolean
  /** JSON of what channel, due time, attempt and data do not say. */
  readonly command: string
  /** JSON. */
  readonly data: string
}

/** What a command's row says in JSON; the rest has columns. */
export type CommandColumn = Omit<NewOutboxCommand, 'channel' | 'dueAt' | 'attempt' | 'data'>

export function encodeWrite(write: ExecutionWrite): EncodedWrite {
  const { execution, facts } = write
  const finished = isFinished(execution)
  const state = JSON.stringify(execution.state)
  return {
    id: execution.id,
    flow: execution.flow,
    version: execution.version,
    kind: execution.kind,
    key: execution.key ?? null,
    startedAt: execution.startedAt,
    updatedAt: execution.updatedAt,
    finishedAt: execution.finishedAt ?? null,
    finished,
    status: execution.status,
    node: execution.node,
    stage: execution.stage ?? null,
    hasIncident: execution.incident === undefined ? null : 1,
    wakeAt: write.wakeAt ?? null,
    uniqueKey: finished ? null : (write.uniqueKey ?? null),
    waitsForEvent: write.waitsForEvent,
    revision: execution.revision,
    expectedRevision: write.expectedRevision,
    input: write.expectedRevision === 0 ? encodeInput(execution, write) : null,
    state,
    details: encodeDetails(execution),
    facts: facts.length === 0 ? null : JSON.stringify(facts),
    inbox: write.inbox.map(({ messageId, answer }) => ({
      messageId,
      answer: JSON.stringify(answer),
    })),
    searchTerms: write.searchTerms === undefined ? null : foldTerms(write.searchTerms),
    put: write.outbox.put.map((command) => encodeCommand(command, execution.state, state)),
    postpone: write.outbox.postpone,
    remove: write.outbox.remove,
    withdraw: write.outbox.withdraw ?? [],
  }
}

/** The input never changes. As a rule the first fact carries the very same value already. */
function encodeInput(execution: Execution, { facts }: ExecutionWrite): string | null {
  const first = facts[0]
  if (first?.kind === 'started' && first.input === execution.input) return null
  return JSON.stringify(execution.input)
}

/** As a rule a command carries the whole state, whose text is there already. */
function encodeCommand(command: PutCommand, state: JsonObject, stateText: string): EncodedCommand {
  const { commandId, channel, dueAt, attempt, executionId, key, flow, purpose, data } = command
  // Named one by one: the type makes sure that none is forgotten, and it is fast.
  const column: { readonly [Name in keyof Required<CommandColumn>]: NewOutboxCommand[Name] } = {
    commandId,
    executionId,
    key,
    flow,
    command: command.command,
    purpose,
  }
  return {
    commandId,
    channel,
    dueAt,
    attempt,
    name: command.command,
    purpose,
    claim: command.claim === true,
    command: JSON.stringify(column),
    data: data === state ? stateText : JSON.stringify(data),
  }
}
