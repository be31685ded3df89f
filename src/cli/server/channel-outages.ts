import type { ChannelStatus } from '../../engine/engine.ts'
import type { Log } from '../../engine/log.ts'

/** How soon a channel's trouble is in the log. */
const lookMs = 1_000

/**
 * Tells of channels that do not work: one line when that begins, one when it ends, with how long it
 * was. Returns the way to end it.
 */
export function watchChannels(channels: () => readonly ChannelStatus[], log: Log): () => void {
  const outages = createChannelOutages(log)
  const timer = setInterval(() => outages.look(channels()), lookMs)
  timer.unref()
  return () => clearInterval(timer)
}

export function createChannelOutages(
  log: Log,
  now: () => number = Date.now,
): { look(channels: readonly ChannelStatus[]): void } {
  const sinceByChannel = new Map<string, number>()
  return {
    look: (channels) => {
      for (const { name, type, trouble } of channels) {
        const since = sinceByChannel.get(name)
        if (trouble !== undefined && since === undefined) {
          sinceByChannel.set(name, trouble.since)
          log.error({ channel: name, type, detail: trouble.detail }, 'a channel does not work')
        } else if (trouble === undefined && since !== undefined) {
          sinceByChannel.delete(name)
          log.info({ channel: name, type, outageMs: now() - since }, 'a channel works again')
        }
      }
    },
  }
}
