import type { Violations } from './violations.ts'
import type { StoredExecutions } from './stored-executions.ts'

/** What a service made of a command, and answers again whenever the command comes again. */
export type Outcome =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'accepted' }

/** The ledger of what the services have carried out, each command once. */
export interface Services {
  /** @param decide what comes of it, asked the first time */
  carryOut(command: CarriedOut, decide: () => Outcome): Outcome
  /** The ledger agrees with the journals. */
  audit(stored: StoredExecutions, violations: Violations): void
}

export interface CarriedOut {
  readonly id: string
  readonly command: string
  readonly execution: string
}

export function createServices(): Services {
  const deeds = new Map<string, CarriedOut & { readonly outcome: Outcome }>()
  return {
    carryOut(command, decide) {
      const known = deeds.get(command.id)
      if (known !== undefined) return known.outcome
      const outcome = decide()
      const { id, command: name, execution } = command
      deeds.set(id, { id, command: name, execution, outcome })
      return outcome
    },
    audit(stored, violations) {
      const promise = 'ledgers of the services agree with the journals'
      const issued = new Map<string, string>()
      for (const id of stored.ids()) {
        for (const fact of stored.get(id)?.facts ?? []) {
          if (fact.kind === 'command-issued') issued.set(fact.id, fact.command)
          if (fact.kind === 'event-applied' && fact.messageId === `${fact.commandId}:answer`) {
            const deed = deeds.get(fact.commandId ?? '')
            const answered = deed?.outcome.kind === 'event' ? deed.outcome.event : 'nothing'
            if (answered !== fact.event) {
              violations.report(
                promise,
                `${fact.commandId}: '${fact.event}' was applied, and the service has answered ${answered}`,
              )
            }
          }
        }
      }
      for (const { id, command } of deeds.values()) {
        if (issued.get(id) !== command) {
          violations.report(promise, `${id}: '${command}' was carried out, and never issued`)
        }
      }
    },
  }
}
