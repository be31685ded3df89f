import type { LeasedCommand } from '../../../src/channel/channel.ts'
import type { CommandPurpose } from '../../../src/kernel/model/execution.ts'
import type { Coverage } from '../coverage.ts'
import type { ReplicaLeases } from './replica-leases.ts'
import type { StoredExecutions } from './stored-executions.ts'
import type { Violations } from './violations.ts'

/** Who handed a command out. */
export interface Giver {
  /** The process. */
  readonly name: string
  /** Its id in a shared store; absent where it is alone. */
  readonly replicaId: string | undefined
  readonly isAlive: () => boolean
  /** How often it has let go of everything because its lease might have ended. */
  readonly leaseLosses: () => number
}

/**
 * Every command that workers got, and what is promised about that:
 * - H1 One worker at a time has a command from one process: it is not handed out again before the lease
 *   has ended or a result was given.
 * - H2 Nor from another one, unless the lease of the replica that gave it had ended.
 * - H3 A replica without a lease hands nothing out.
 * - H4 While a worker has a command, no later one of the same execution and channel is handed out,
 *   nor while an earlier one waits in the outbox for its first attempt.
 * - H5 A command is not handed out for the first time after a later one of the same execution and
 *   channel was: what a rollback has withdrawn does not come after the undo.
 * - H6 A command that is closed is handed out no more, once every replica has had the time to hear of it
 *   without a notice.
 *
 * A replica whose lease has ended meanwhile is out of H4 and H5: others have taken over.
 * `also` commands are free of H4 and H5.
 */
export interface HandOuts {
  given(
    giver: Giver,
    channel: string,
    worker: string,
    commands: readonly LeasedCommand[],
    leaseMs: number,
  ): void
  extended(commandIds: readonly string[], leaseMs: number): void
  /** A result has come in, to whatever replica: who gave the command may give it again. */
  reported(commandIds: readonly string[]): void
  /** Until when a worker has the command, as far as it was told. */
  leasedUntil(commandId: string): number
}

interface HandOut {
  readonly id: string
  readonly execution: string
  readonly channel: string
  readonly giver: Giver
  readonly worker: string
  readonly lapses: number
  readonly losses: number
  until: number
  isReported: boolean
}

/**
 * A replica hears of what others have closed by notices, or by looking. One whose store is away for
 * longer than the longest lease has lost its lease, and hands nothing out.
 */
const heardAfterMs = 15_000

interface Deps {
  readonly now: () => number
  readonly stored: StoredExecutions
  readonly leases: ReplicaLeases
  readonly violations: Violations
  readonly coverage: Coverage
}

export function createHandOuts(deps: Deps): HandOuts {
  const { now, stored, leases, violations, coverage } = deps
  const lastById = new Map<string, HandOut>()
  const reportedAt = new Map<string, number>()
  const byExecution = new Map<string, HandOut[]>()

  function check(handOut: HandOut): void {
    const { id, giver } = handOut
    const before = lastById.get(id)
    if (before !== undefined && before.until > now() && !before.isReported) {
      const what = `${id} was given to ${handOut.worker} by ${giver.name} while ${before.worker} has it from ${before.giver.name} for ${before.until - now()} ms more`
      if (before.giver.name === giver.name) {
        violations.report('H1: one worker at a time has a command', what)
      } else if (hasKeptItsLease(before)) {
        violations.report('H2: one living replica at a time hands a command out', what)
      }
    }
    if (giver.replicaId !== undefined && !leases.has(giver.replicaId)) {
      violations.report(
        'H3: a replica without a lease hands nothing out',
        `${giver.name} gave ${id}`,
      )
    }
    checkOpen(handOut)
    const purpose = purposeOf(id)
    if (purpose !== undefined && purpose !== 'also') checkOrder(handOut)
  }

  function checkOpen({ id, giver }: HandOut): void {
    const closing = stored.closingOf(id)
    if (closing === undefined) return
    const lateMs = now() - closing.at
    if (lateMs <= heardAfterMs) return
    violations.report(
      'H6: a command that is closed is handed out no more',
      `${giver.name} gave ${id}, which ${closing.by} closed ${lateMs} ms before`,
    )
  }

  function hasKeptItsLease({ giver, lapses, losses }: HandOut): boolean {
    const { replicaId } = giver
    if (!giver.isAlive() || replicaId === undefined) return false
    if (giver.leaseLosses() !== losses) return false
    return leases.has(replicaId) && leases.lapses(replicaId) === lapses
  }

  /** Somebody else has said what came of it, such as an event that a person sent: nobody waits. */
  function isAnswered({ id, execution }: HandOut): boolean {
    const facts = stored.get(execution)?.facts ?? []
    return facts.some(
      (fact) =>
        (fact.kind === 'command-accepted' && fact.id === id) ||
        ('commandId' in fact && 'messageId' in fact && fact.commandId === id),
    )
  }

  function checkOrder({ id, execution, channel, giver }: HandOut): void {
    for (const other of byExecution.get(execution) ?? []) {
      if (other.channel !== channel || other.id === id || purposeOf(other.id) === 'also') continue
      if (numberOf(other.id) > numberOf(id)) {
        if (lastById.has(id) || (other.giver.name !== giver.name && !hasKeptItsLease(other)))
          continue
        violations.report(
          'H5: commands of an execution leave in order',
          `${giver.name} gave ${id} for the first time, and ${other.id} was given before`,
        )
      } else if (
        (other.giver.name === giver.name || hasKeptItsLease(other)) &&
        other.until > now() &&
        !other.isReported &&
        lastById.get(other.id) === other &&
        !isAnswered(other)
      ) {
        violations.report(
          'H4: a later command waits for the one that a worker has',
          `${giver.name} gave ${id} while ${other.worker} has ${other.id}`,
        )
      }
    }
    const waiting = [...(stored.get(execution)?.outbox ?? [])].find(
      ([otherId, row]) =>
        numberOf(otherId) < numberOf(id) &&
        row.attempt === 1 &&
        channelOf(otherId) === channel &&
        purposeOf(otherId) !== 'also' &&
        !lastById.has(otherId),
    )
    if (waiting !== undefined) {
      violations.report(
        'H4: a later command waits for one that is due',
        `${giver.name} gave ${id} while ${waiting[0]} waits`,
      )
    }
  }

  function issueOf(id: string) {
    const facts = stored.get(id.slice(0, id.lastIndexOf(':')))?.facts ?? []
    return facts.find((fact) => fact.kind === 'command-issued' && fact.id === id)
  }

  function purposeOf(id: string): CommandPurpose | undefined {
    const fact = issueOf(id)
    return fact?.kind === 'command-issued' ? fact.purpose : undefined
  }

  function channelOf(id: string): string | undefined {
    const fact = issueOf(id)
    return fact?.kind === 'command-issued' ? fact.channel : undefined
  }

  return {
    given(giver, channel, worker, commands, leaseMs) {
      for (const { id, execution, command } of commands) {
        const issue = issueOf(id)
        if (issue?.kind !== 'command-issued' || issue.command !== command) {
          violations.report('no command without a fact', `${giver.name} gave ${id} ${command}`)
        }
        const lapses = giver.replicaId === undefined ? 0 : leases.lapses(giver.replicaId)
        const until = now() + leaseMs
        // A result that came at the same moment may have ended this very lease.
        const isReported = reportedAt.get(id) === now()
        const losses = giver.leaseLosses()
        const handOut = { id, execution, channel, giver, worker, lapses, losses, until, isReported }
        check(handOut)
        coverage.count(lastById.has(id) ? 'commands leased again' : 'commands leased')
        const before = lastById.get(id)
        if (before !== undefined && before.until <= now() && !before.isReported) {
          coverage.count('leases that ended without a result')
        }
        if (before !== undefined && before.giver.name !== giver.name && !before.isReported) {
          coverage.count('commands taken over')
        }
        lastById.set(id, handOut)
        const all = byExecution.get(execution)
        if (all === undefined) byExecution.set(execution, [handOut])
        else all.push(handOut)
      }
    },
    extended(commandIds, leaseMs) {
      for (const id of commandIds) {
        const handOut = lastById.get(id)
        if (handOut !== undefined) handOut.until = now() + leaseMs
      }
    },
    reported(commandIds) {
      for (const id of commandIds) {
        reportedAt.set(id, now())
        const handOut = lastById.get(id)
        if (handOut !== undefined) handOut.isReported = true
      }
    },
    leasedUntil: (id) => lastById.get(id)?.until ?? 0,
  }
}

function numberOf(commandId: string): number {
  return Number(commandId.slice(commandId.lastIndexOf(':') + 1))
}
