import type { EncodedCommand, EncodedWrite } from '../rows/encode-write.ts'
import { isUnwakeable } from '../liveness.ts'
import { slotOf } from '../sharing.ts'
import type { PlacedWrite } from './batch.ts'
import { bigintArray, booleanArray, textArray } from './binary-arrays.ts'
import { encodeName, encodeNullable } from './names.ts'

/** A column of a section: its type, and its values as one parameter. */
interface Column<Item> {
  readonly name: string
  readonly type: 'bigint' | 'boolean' | 'text'
  readonly encode: (items: readonly Item[]) => Buffer
}

/** A command that a write puts, with its place. */
export interface PlacedPut {
  readonly index: number
  /** In the order of the batch, and of the write. */
  readonly ordinal: number
  readonly command: EncodedCommand
  /** When an earlier command of the same write, which nobody claims, holds it up from. */
  readonly behindDueAt: number | null
}

interface Belonging {
  readonly index: number
}

export const placeColumns = [
  bigint<PlacedWrite>('version', ({ write }) => write.version),
  text<PlacedWrite>('status', ({ write }) => write.status),
  text<PlacedWrite>('node', ({ write }) => encodeName(write.node)),
  text<PlacedWrite>('stage', ({ write }) => encodeNullable(write.stage)),
]

/** What every write of an execution may change. */
export const changingColumns = [
  ...placeColumns,
  bigint<PlacedWrite>('finished_at', ({ write }) => write.finishedAt),
  bigint<PlacedWrite>('updated_at', ({ write }) => write.updatedAt),
  bigint<PlacedWrite>('updated_second', ({ write }) => Math.floor(write.updatedAt / 1000)),
  boolean<PlacedWrite>('has_incident', ({ write }) => write.hasIncident === 1),
  bigint<PlacedWrite>('wake_at', ({ write }) => write.wakeAt),
  text<PlacedWrite>('unique_key', ({ write }) => encodeNullable(write.uniqueKey)),
  boolean<PlacedWrite>('needs_command', ({ write }) => needsCommand(write)),
  bigint<PlacedWrite>('revision', ({ write }) => write.revision),
  text<PlacedWrite>('state', ({ write }) => write.state),
  text<PlacedWrite>('details', ({ write }) => write.details),
]

/** What an execution begins with and keeps. */
export const lastingColumns = [
  text<PlacedWrite>('id', ({ write }) => encodeName(write.id)),
  text<PlacedWrite>('flow', ({ write }) => encodeName(write.flow)),
  text<PlacedWrite>('kind', ({ write }) => write.kind),
  text<PlacedWrite>('key', ({ write }) => encodeNullable(write.key)),
  bigint<PlacedWrite>('slot', ({ write }) => slotOf(write.id)),
  bigint<PlacedWrite>('started_at', ({ write }) => write.startedAt),
  text<PlacedWrite>('input', ({ write }) => write.input),
]

const index = bigint<Belonging>('i', (item) => item.index)
const facts = text<PlacedWrite>('facts', ({ write }) => write.facts)

export const addedColumns: readonly Column<PlacedWrite>[] = [
  index,
  ...lastingColumns,
  ...changingColumns,
  facts,
]

export const changedColumns: readonly Column<PlacedWrite>[] = [
  index,
  text('id', ({ write }) => encodeName(write.id)),
  bigint('expected', ({ write }) => write.expectedRevision),
  ...changingColumns,
  facts,
]

export const answerColumns = [
  index,
  text<Belonging & { messageId: string }>('message_id', ({ messageId }) => encodeName(messageId)),
  text<Belonging & { answer: string }>('answer', ({ answer }) => answer),
]

export const termColumns = [
  index,
  text<Belonging & { term: string }>('term', ({ term }) => encodeName(term)),
]

export const givenColumns = [index]

const commandId = text<Belonging & { commandId: string }>('command_id', (item) =>
  encodeName(item.commandId),
)

export const removeColumns = [
  index,
  commandId,
  boolean<Belonging & { isWithdrawn: boolean }>('is_withdrawn', (item) => item.isWithdrawn),
]

type PlacedPostpone = Belonging & EncodedWrite['postpone'][number]

export const postponeColumns = [
  index,
  commandId,
  bigint<PlacedPostpone>('due_at', ({ dueAt }) => dueAt),
  bigint<PlacedPostpone>('attempt', ({ attempt }) => attempt),
]

export const putColumns = [
  index,
  bigint<PlacedPut>('ordinal', ({ ordinal }) => ordinal),
  bigint<PlacedPut>('behind_due_at', ({ behindDueAt }) => behindDueAt),
  boolean<PlacedPut>('claim', ({ command }) => command.claim),
  boolean<PlacedPut>('beside', ({ command }) => command.purpose === 'also'),
  bigint<PlacedPut>('due_at', ({ command }) => command.dueAt),
  bigint<PlacedPut>('attempt', ({ command }) => command.attempt),
  text<PlacedPut>('channel', ({ command }) => encodeName(command.channel)),
  text<PlacedPut>('command_id', ({ command }) => encodeName(command.commandId)),
  text<PlacedPut>('command_name', ({ command }) => encodeName(command.name)),
  text<PlacedPut>('command', ({ command }) => command.command),
  text<PlacedPut>('data', ({ command }) => command.data),
]

/** Nothing but a row of the outbox could wake it. */
function needsCommand({ status, wakeAt, waitsForEvent }: EncodedWrite): boolean {
  return isUnwakeable({ status, wakeAt: wakeAt ?? undefined, waitsForEvent, outboxRows: 0 })
}

/** The items of a section as a table, from a parameter on. */
export function tableOf(
  name: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  firstParameter: number,
): string {
  const arrays = columns.map(({ type }, n) => `$${firstParameter + n}::${type}[]`)
  return `unnest(${arrays.join(', ')}) AS ${name} (${columns.map((column) => column.name).join(', ')})`
}

/** Values of all columns, one parameter for each. */
export function valuesOf<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
): readonly Buffer[] {
  return columns.map(({ encode }) => encode(items))
}

function text<Item>(name: string, valueOf: (item: Item) => string | null): Column<Item> {
  return { name, type: 'text', encode: (items) => textArray(items.map(valueOf)) }
}

function bigint<Item>(name: string, valueOf: (item: Item) => number | null): Column<Item> {
  return { name, type: 'bigint', encode: (items) => bigintArray(items.map(valueOf)) }
}

function boolean<Item>(name: string, valueOf: (item: Item) => boolean): Column<Item> {
  return { name, type: 'boolean', encode: (items) => booleanArray(items.map(valueOf)) }
}
