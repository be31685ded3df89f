import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Command, HandlerEvent } from '@signalbox/client'

/**
 * What a service did, in the words of its trade. `refused`: nothing was done, and the answer says
 * so. `nothing`: there was nothing to undo. `failed`: the attempt broke, and will be made again.
 * `repeated`: the command came again, and got its first answer.
 */
export type Deed = 'done' | 'undone' | 'refused' | 'nothing' | 'failed' | 'repeated'

/** One line of a ledger. */
export interface LedgerEntry {
  readonly at: string
  readonly commandId: string
  readonly command: string
  readonly execution: string
  readonly order: string
  readonly attempt: number
  readonly deed: Deed
  /** What it was about: items, an amount, a parcel. */
  readonly what: unknown
  /** Absent when the command has no answer yet: it failed. `null` when the answer is just "done". */
  readonly answer?: HandlerEvent | null
}

export interface Outcome {
  readonly deed: Exclude<Deed, 'repeated'>
  readonly what?: unknown
  readonly answer?: HandlerEvent
}

/** The memory of a service: an append-only file, written before the service answers. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[]
  /**
   * Carries a command out, once: a command that has an answer already gets that answer again, and
   * `act` is not called. `act` decides at once, without waiting, so nothing can come in between.
   */
  once(command: OrderCommand, act: () => Outcome): HandlerEvent | undefined
  /** Writes down that an attempt failed; the command stays without an answer. */
  failed(command: OrderCommand, what: string): void
  /** How often attempts of commands of this name failed, in the same execution. */
  failures(command: Pick<OrderCommand, 'execution' | 'command'>): number
  /** Whether the work of this service was done, or undone, for an execution. */
  has(execution: string, deed: 'done' | 'undone'): boolean
}

export type OrderCommand = Pick<Command, 'id' | 'command' | 'execution' | 'attempt'> & {
  readonly data: { readonly orderId: string }
}

/** Opens the ledger, and remembers all that is in it. */
export function openLedger(path: string): Ledger {
  mkdirSync(dirname(path), { recursive: true })
  dropTornLine(path)
  const entries: LedgerEntry[] = [...readLedger(path)]
  const answers = new Map<string, HandlerEvent | null>()
  const deeds = new Set<string>()
  const failures = new Map<string, number>()
  for (const entry of entries) remember(entry)

  function remember({ commandId, command, execution, deed, answer }: LedgerEntry): void {
    if (answer !== undefined) answers.set(commandId, answer)
    if (deed === 'done' || deed === 'undone') deeds.add(`${deed} ${execution}`)
    // An undo that found nothing closes the execution too: what comes after it must not happen.
    if (deed === 'nothing') deeds.add(`undone ${execution}`)
    const failed = `${command} ${execution}`
    if (deed === 'failed') failures.set(failed, (failures.get(failed) ?? 0) + 1)
  }

  function write(command: OrderCommand, rest: Pick<LedgerEntry, 'deed' | 'what' | 'answer'>): void {
    const entry: LedgerEntry = {
      at: new Date().toISOString(),
      commandId: command.id,
      command: command.command,
      execution: command.execution,
      order: command.data.orderId,
      attempt: command.attempt,
      ...rest,
    }
    // What the operating system has taken survives the death of this process.
    appendFileSync(path, `${JSON.stringify(entry)}\n`)
    entries.push(entry)
    remember(entry)
  }

  return {
    entries,
    once: (command, act) => {
      const known = answers.get(command.id)
      if (known !== undefined) {
        write(command, { deed: 'repeated', what: null, answer: known })
        return known ?? undefined
      }
      const { deed, what = null, answer } = act()
      const answered = deed === 'failed' && answer === undefined ? {} : { answer: answer ?? null }
      write(command, { deed, what, ...answered })
      return answer
    },
    failed: (command, what) => write(command, { deed: 'failed', what }),
    failures: ({ execution, command }) => failures.get(`${command} ${execution}`) ?? 0,
    has: (execution, deed) => deeds.has(`${deed} ${execution}`),
  }
}

/** The entries of a ledger's file; a last line that is still being written is left out. */
export function readLedger(path: string): readonly LedgerEntry[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => JSON.parse(line) as LedgerEntry)
}

/** A process that died while it wrote has not answered: what it began to write does not count. */
function dropTornLine(path: string): void {
  if (!existsSync(path)) return
  const content = readFileSync(path)
  const end = content.lastIndexOf('\n') + 1
  if (end < content.length) truncateSync(path, end)
}
