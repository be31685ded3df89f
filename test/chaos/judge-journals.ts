import { replay } from '../../src/kernel/evolve/evolve.ts'
import { isFinished } from '../../src/kernel/model/execution.ts'
import type { Fact } from '../../src/kernel/model/fact.ts'
import type { Store } from '../../src/store/store.ts'
import { isDeepStrictEqual } from 'node:util'

/** What the stored executions and journals say when everything has ended. */
export interface Judgement {
  readonly byStatus: Readonly<Record<string, number>>
  readonly commands: number
  readonly events: number
  /** Sentences, one per thing that is wrong. */
  readonly complaints: readonly string[]
}

const atOnce = 32

/** Reads every execution as it is stored, and its journal, and looks for what must never be. */
export async function judgeJournals(store: Store, ids: readonly string[]): Promise<Judgement> {
  const byStatus: Record<string, number> = {}
  const complaints: string[] = []
  let commands = 0
  let events = 0
  for (let start = 0; start < ids.length; start += atOnce) {
    const batch = ids.slice(start, start + atOnce)
    const stored = await store.readExecutions(batch)
    await Promise.all(
      batch.map(async (id) => {
        const facts = await readJournal(store, id)
        const execution = stored.get(id)
        const status = execution?.status ?? 'missing'
        byStatus[status] = (byStatus[status] ?? 0) + 1
        commands += facts.filter(({ kind }) => kind === 'command-issued').length
        events += facts.filter(({ kind }) => kind === 'event-applied').length
        complaints.push(...repeatsIn(facts).map((repeat) => `${id}: ${repeat}`))
        if (execution === undefined || !isFinished(execution)) complaints.push(`${id}: ${status}`)
        if (!isDeepStrictEqual(replay(facts), execution)) {
          complaints.push(`${id}: its journal folds to another execution than the stored one`)
        }
      }),
    )
  }
  return { byStatus, commands, events, complaints }
}

/** What one journal holds twice: an event, a place of a log, an answer to a command. */
export function repeatsIn(facts: readonly Fact[]): readonly string[] {
  const complaints: string[] = []
  const seen = new Set<string>()
  const once = (what: string): void => {
    if (seen.has(what)) complaints.push(`${what} twice`)
    seen.add(what)
  }
  const positions = new Map<string, number>()
  for (const fact of facts) {
    if (fact.kind === 'event-applied') once(`message ${fact.messageId} applied`)
    if (fact.kind === 'command-accepted') once(`command ${fact.id} settled`)
    if ('commandId' in fact && fact.kind !== 'compensation-started') {
      // A late answer is noted as often as it comes; only one settles the command.
      if (fact.kind !== 'event-ignored') once(`command ${String(fact.commandId)} settled`)
    }
    if (!('origin' in fact) || fact.origin === undefined) continue
    const { source, position } = fact.origin
    if (position <= (positions.get(source) ?? -1)) {
      complaints.push(`${source} ${position} after ${positions.get(source)}`)
    }
    positions.set(source, position)
  }
  return complaints
}

async function readJournal(store: Store, id: string): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Awaited<ReturnType<Store['readJournal']>> = await store.readJournal(id, {
      after,
      limit: 500,
    })
    facts.push(...page.facts.map(({ fact }) => fact))
    after = page.next
  }
  return facts
}
