import type { Log } from '../../engine/log.ts'
import type { ChannelHost, ChannelTrouble } from '../channel.ts'
import type { Schedule } from '../schedule.ts'
import { failureOf } from './failure.ts'
import { type GroupSession, openGroupSession } from './group-session.ts'
import type { KafkaChannelOptions } from './options.ts'
import { createPauses } from '../pauses.ts'
import { missingTopics } from './topic-advice.ts'
import { createTroubleBook } from './trouble-book.ts'

/** The side of the channel on which events come in. */
export interface EventReader {
  start(host: ChannelHost): void
  trouble(): ChannelTrouble | undefined
  stop(graceMs: number): Promise<void>
}

const againFirstMs = 250
const againMaxMs = 5_000

/** Reads in sessions: whatever ends one, the next is begun, for as long as the channel runs. */
export function createEventReader(
  options: KafkaChannelOptions,
  log: Log,
  schedule: Schedule,
): EventReader {
  const fields = { channel: options.name, group: options.group }
  const trouble = createTroubleBook(log, () => host?.now() ?? 0, fields)
  const pauses = createPauses(schedule)
  let host: ChannelHost | undefined
  let session: GroupSession | undefined
  let running: Promise<void> = Promise.resolve()
  let stopping: Promise<void> | undefined

  async function run(startedHost: ChannelHost): Promise<void> {
    let pauseMs = againFirstMs
    while (!pauses.areEnded()) {
      try {
        session = await openGroupSession(options, {
          host: startedHost,
          log,
          schedule,
          onFailure: trouble.failed,
          onSuccess: noteSuccess,
        })
        pauseMs = againFirstMs
        noteSuccess()
        await Promise.race([session.ended, pauses.ended])
      } catch (error) {
        if (pauses.areEnded()) return
        trouble.failed(
          `expected brokers that have events at ${options.brokers.join(', ')}, found: ${failureOf(error).detail}`,
        )
        await session?.close(0)
        session = undefined
        await pauses.pause(pauseMs)
        pauseMs = Math.min(2 * pauseMs, againMaxMs)
      }
    }
  }

  function noteSuccess(): void {
    const missing = session?.missing ?? []
    if (missing.length === 0) trouble.works()
    else trouble.failed(missingTopics(missing, options.brokers))
  }

  async function stop(graceMs: number): Promise<void> {
    pauses.end()
    await session?.close(graceMs)
    // A session that was being opened when all ended.
    const cancelled = Promise.withResolvers<void>()
    const cancel = schedule(graceMs, cancelled.resolve)
    await Promise.race([running, cancelled.promise]).finally(cancel)
    await session?.close(0)
  }

  return {
    start(newHost) {
      host = newHost
      running = run(newHost)
    },
    trouble: trouble.current,
    stop(graceMs) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}
