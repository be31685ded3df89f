import type { ChannelHost, DeliveryReport } from './channel.ts'
import type { Pauses } from './pauses.ts'

const againMs = 500

/** What happened outside must not be lost because the store is away for a moment. Never rejects. */
export async function reportUntilStored(
  host: Pick<ChannelHost, 'report'> | undefined,
  reports: readonly DeliveryReport[],
  pauses: Pauses,
): Promise<void> {
  while (!pauses.areEnded()) {
    try {
      await host?.report(reports)
      return
    } catch {
      // The store is away, or the engine stops: the outbox has the commands still.
      await pauses.pause(againMs)
    }
  }
}
