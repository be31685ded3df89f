import type { EncodedCommand, EncodedWrite } from '../rows/encode-write.ts'
import { inLockOrder, type PlacedWrite } from './batch.ts'
import {
  addedColumns,
  answerColumns,
  changedColumns,
  givenColumns,
  type PlacedPut,
  postponeColumns,
  putColumns,
  removeColumns,
  termColumns,
  valuesOf,
} from './commit-columns.ts'
import { commitText, nameOf, type Sections } from './commit-text.ts'
import type { Statement } from './connections.ts'

const textsByName = new Map<string, string>()

/** The statement that writes a part of a batch for a replica, and claims for it. */
export function commitStatement(
  writes: readonly PlacedWrite[],
  replicaNumber: number,
): Statement & { readonly name: string } {
  const inOrder = writes.toSorted(inLockOrder)
  const added = inOrder.filter(({ write }) => write.expectedRevision === 0)
  const changed = inOrder.filter(({ write }) => write.expectedRevision > 0)
  const keyed = changed.filter(({ write }) => write.uniqueKey !== null)
  const unkeyed = changed.filter(({ write }) => write.uniqueKey === null)
  const answers = belongings(writes, ({ inbox }) => inbox)
  const given = writes.filter(({ write }) => write.searchTerms !== null)
  const terms = belongings(given, ({ searchTerms }) =>
    (searchTerms ?? []).map((term) => ({ term })),
  )
  // Commands of executions that begin cannot be there before.
  const removes = belongings(changed, removedBy)
  const postpones = belongings(changed, postponedBy)
  const puts = putsOf(writes)
  const sections: Sections = {
    added: added.length > 0,
    keyed: keyed.length > 0,
    unkeyed: unkeyed.length > 0,
    answers: answers.length > 0,
    terms: given.length > 0,
    removes: removes.length > 0,
    postpones: postpones.length > 0,
    puts: puts.length > 0,
    withdraws: removes.some(({ isWithdrawn }) => isWithdrawn),
  }
  const values = [
    replicaNumber,
    ...(sections.added ? valuesOf(addedColumns, added) : []),
    ...(sections.keyed ? valuesOf(changedColumns, keyed) : []),
    ...(sections.unkeyed ? valuesOf(changedColumns, unkeyed) : []),
    ...(sections.answers ? valuesOf(answerColumns, answers) : []),
    ...(sections.terms ? [...valuesOf(termColumns, terms), ...valuesOf(givenColumns, given)] : []),
    ...(sections.removes ? valuesOf(removeColumns, removes) : []),
    ...(sections.postpones ? valuesOf(postponeColumns, postpones) : []),
    ...(sections.puts ? valuesOf(putColumns, puts) : []),
  ]
  const name = nameOf(sections)
  return { name, text: textOf(name, sections), values }
}

function textOf(name: string, sections: Sections): string {
  const known = textsByName.get(name)
  if (known !== undefined) return known
  const text = commitText(sections)
  textsByName.set(name, text)
  return text
}

function belongings<Item extends object>(
  writes: readonly PlacedWrite[],
  itemsOf: (write: EncodedWrite) => readonly Item[],
): readonly (Item & { readonly index: number })[] {
  return writes.flatMap(({ index, write }) => itemsOf(write).map((item) => ({ ...item, index })))
}

/** What is put replaces what is there under its id. */
function removedBy(
  write: EncodedWrite,
): readonly { readonly commandId: string; readonly isWithdrawn: boolean }[] {
  const { remove, withdraw, put } = write
  const ids = new Set([...remove, ...put.map(({ commandId }) => commandId)])
  return [...ids].map((commandId) => ({ commandId, isWithdrawn: withdraw.includes(commandId) }))
}

/** The statement touches each row once; what is removed or put as well is dealt with there. */
function postponedBy(write: EncodedWrite): EncodedWrite['postpone'] {
  if (write.postpone.length === 0) return write.postpone
  const gone = new Set(removedBy(write).map(({ commandId }) => commandId))
  return write.postpone.filter(({ commandId }) => !gone.has(commandId))
}

function putsOf(writes: readonly PlacedWrite[]): readonly PlacedPut[] {
  const puts: PlacedPut[] = []
  for (const { index, write } of writes) {
    for (const [n, command] of write.put.entries()) {
      const behindDueAt = behind(write.put.slice(0, n), command)
      puts.push({ index, ordinal: puts.length, command, behindDueAt })
    }
  }
  return puts
}

/** S7 within one write: from when on a command is behind an earlier one that nobody claims. */
function behind(earlier: readonly EncodedCommand[], command: EncodedCommand): number | null {
  if (!command.claim || command.purpose === 'also') return null
  const dueTimes = earlier
    .filter((other) => other.channel === command.channel && other.purpose !== 'also')
    .filter(({ claim }) => !claim)
    .map(({ dueAt }) => dueAt)
  return dueTimes.length === 0 ? null : Math.min(...dueTimes)
}
