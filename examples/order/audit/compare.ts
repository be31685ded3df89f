import type { ExecutionSummary, Fact } from '@signalbox/client'
import type { LedgerEntry } from '../services/ledger.ts'

/** An execution as the audit sees it. */
export interface AuditedExecution {
  readonly execution: ExecutionSummary
  readonly journal: readonly Fact[]
}

export interface ServiceLedger {
  readonly service: string
  readonly entries: readonly LedgerEntry[]
}

export interface AuditInput {
  readonly executions: readonly AuditedExecution[]
  /** As they were before the journals were read: what they hold must be in the journals. */
  readonly ledgersBefore: readonly ServiceLedger[]
  /** As they were after: what the journals hold must be in them. */
  readonly ledgersAfter: readonly ServiceLedger[]
}

/** One rule, how many things it was applied to, and what broke it. */
export interface Finding {
  readonly rule: string
  readonly checked: number
  readonly disagreements: readonly string[]
}

/** Compares what the services did with what Signalbox remembers. Pure; the order does not matter. */
export function compareLedgersWithJournals(input: AuditInput): readonly Finding[] {
  return [
    everyCommandWasSent(input),
    everyCommandIsCarriedOutOnce(input),
    everyAnswerIsInTheLedger(input),
    deliveredOrdersHoldEverything(input),
    failedOrdersHoldNothing(input),
    everyPathIsPossible(input),
  ]
}

function everyCommandWasSent({ executions, ledgersBefore }: AuditInput): Finding {
  const issued = new Map(
    executions.map(({ execution, journal }) => [
      execution.id,
      new Set(journal.filter(({ kind }) => kind === 'command-issued').map(({ id }) => String(id))),
    ]),
  )
  const entries = ledgersBefore.flatMap((ledger) => ledger.entries)
  const disagreements = entries
    .filter(({ execution, commandId }) => issued.get(execution)?.has(commandId) !== true)
    .map(({ order, command, commandId }) => `${order}: no journal issued ${command} ${commandId}`)
  return {
    rule: 'every command that a service received was sent',
    checked: entries.length,
    disagreements,
  }
}

function everyCommandIsCarriedOutOnce({ ledgersAfter }: AuditInput): Finding {
  const disagreements: string[] = []
  let checked = 0
  for (const { service, entries } of ledgersAfter) {
    const seen = new Set<string>()
    const once = (key: string, found: string): void => {
      checked += 1
      if (seen.has(key)) disagreements.push(`${service}: ${found}`)
      seen.add(key)
    }
    for (const { deed, order, execution, commandId, command, answer } of entries) {
      if (deed === 'repeated') continue
      if (answer !== undefined) once(commandId, `${command} ${commandId} was carried out twice`)
      if (deed === 'done' || deed === 'undone')
        once(`${deed} ${execution}`, `${order} ${deed} twice`)
    }
  }
  return { rule: 'nothing was done twice', checked, disagreements }
}

function everyAnswerIsInTheLedger({ executions, ledgersAfter }: AuditInput): Finding {
  const answers = new Map<string, string | undefined>()
  for (const { entries } of ledgersAfter) {
    for (const { commandId, answer } of entries) {
      if (answer !== undefined) answers.set(commandId, answer?.event)
    }
  }
  const applied = executions.flatMap(({ journal }) =>
    journal.flatMap((fact) => {
      const commandId = fact.kind === 'event-applied' ? answeredCommand(fact) : undefined
      return commandId === undefined ? [] : [{ commandId, event: fact['event'] }]
    }),
  )
  const disagreements = applied
    .filter(({ commandId, event }) => answers.get(commandId) !== event)
    .map(({ commandId, event }) => `${commandId}: no ledger answered ${String(event)}`)
  return {
    rule: 'every answer in a journal is in a ledger',
    checked: applied.length,
    disagreements,
  }
}

/** Results name their command; over Kafka the id of an answer derives from it. */
function answeredCommand({ commandId, messageId }: Fact): string | undefined {
  if (commandId !== undefined) return String(commandId)
  return /^(.+):answer$/.exec(String(messageId))?.[1]
}

function deliveredOrdersHoldEverything({ executions, ledgersAfter }: AuditInput): Finding {
  const held = holdings(ledgersAfter)
  const delivered = executions.filter(({ execution }) => execution.status === 'completed')
  return {
    rule: 'delivered orders have their items, payment and parcel',
    checked: delivered.length,
    disagreements: delivered.flatMap(({ execution: { id, key } }) =>
      ledgersAfter
        .filter(({ service }) => held.get(service)?.has(id) !== true)
        .map(({ service }) => `${key ?? id}: delivered, but the ${service} holds nothing for it`),
    ),
  }
}

function failedOrdersHoldNothing({ executions, ledgersAfter }: AuditInput): Finding {
  const held = holdings(ledgersAfter)
  const failed = executions.filter(
    ({ execution: { status } }) => status === 'failed' || status === 'rolled-back',
  )
  return {
    rule: 'orders that were undone hold nothing',
    checked: failed.length,
    disagreements: failed.flatMap(({ execution: { id, key, status } }) =>
      ledgersAfter
        .filter(({ service }) => held.get(service)?.has(id) === true)
        .map(({ service }) => `${key ?? id}: ${status}, but the ${service} still holds something`),
    ),
  }
}

/** By service: the executions for which something was done and not undone. */
function holdings(ledgers: readonly ServiceLedger[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    ledgers.map(({ service, entries }) => {
      const held = new Set<string>()
      for (const { deed, execution } of entries) {
        if (deed === 'done') held.add(execution)
        if (deed === 'undone') held.delete(execution)
      }
      return [service, held]
    }),
  )
}

const steps = ['OrderCreated', 'InventoryChecked', 'PaymentProcessed', 'OrderShipped']

function everyPathIsPossible({ executions }: AuditInput): Finding {
  const disagreements = executions.flatMap(({ execution, journal }) => {
    const path = journal.filter(({ kind }) => kind === 'entered').map(({ node }) => String(node))
    const forwards = path.at(-1) === 'OrderFailed' ? path.slice(0, -1) : path
    const possible =
      forwards.every((node, index) => node === steps[index]) && endFits(execution.status, path)
    return possible ? [] : [`${execution.key ?? execution.id}: ${path.join(' → ')}`]
  })
  return { rule: 'every path is one of the saga', checked: executions.length, disagreements }
}

function endFits(status: ExecutionSummary['status'], path: readonly string[]): boolean {
  if (status === 'completed') return path.at(-1) === 'OrderShipped'
  if (status === 'failed' || status === 'rolled-back') return path.at(-1) === 'OrderFailed'
  return true
}
