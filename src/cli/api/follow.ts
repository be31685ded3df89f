import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { FactView } from '../../http/wire/fact-view.ts'
import type { ApiClient } from './client.ts'
import { readJournal } from './journal.ts'
import { openWakeUps } from './wake-ups.ts'

export interface FollowOptions {
  readonly id: string
  readonly signal: AbortSignal
  /** New facts, in order, none twice. */
  readonly onFacts: (facts: readonly FactView[]) => void
  /** Nothing has happened for a moment. */
  readonly onIdle: () => Promise<void>
  /** The server is away; it is asked again. */
  readonly onLost: (error: SignalboxError) => void
  /** Whether this fact is the last to wait for. */
  readonly isEnd: (fact: FactView) => boolean
}

/** How long to wait for the live stream's word before asking all the same. */
const idleMs = 1_000
/** How long a server may be away before following ends. */
const lostMs = 30_000

/** Reads the journal until its end is reached, through restarts of the server. */
export async function followExecution(client: ApiClient, options: FollowOptions): Promise<void> {
  const { id, signal } = options
  let after = 0
  let lostAt: number | undefined
  let wakeUps = openWakeUps(client, id)
  const close = () => wakeUps.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    while (!signal.aborted) {
      try {
        for await (const facts of readJournal(client, id, after, signal)) {
          const last = facts.at(-1)
          if (last === undefined) continue
          after = last.sequence
          options.onFacts(facts)
          if (options.isEnd(last)) return
        }
        if (lostAt !== undefined) wakeUps = openWakeUps(client, id)
        lostAt = undefined
        if ((await wakeUps.next(idleMs)) === 'timeout') await options.onIdle()
      } catch (error) {
        if (!(error instanceof SignalboxError) || error.exitCode !== 5) throw error
        lostAt ??= Date.now()
        if (Date.now() - lostAt > lostMs) throw error
        wakeUps.close()
        options.onLost(error)
        await wakeUps.next(idleMs)
      }
    }
  } finally {
    signal.removeEventListener('abort', close)
    wakeUps.close()
  }
  signal.throwIfAborted()
}
