import type { Log } from '../../engine/log.ts'
import type { ChannelTrouble } from '../channel.ts'

/** Since when one side of a channel does not work, and why. For debugging: who watches all channels tells people of it. */
export interface TroubleBook {
  current(): ChannelTrouble | undefined
  failed(detail: string): void
  works(): void
}

export function createTroubleBook(
  log: Log,
  now: () => number,
  fields: Readonly<Record<string, string>>,
): TroubleBook {
  let trouble: ChannelTrouble | undefined
  return {
    current: () => trouble,
    failed(detail) {
      if (trouble?.detail === detail) return
      trouble = { since: trouble?.since ?? now(), detail }
      log.debug({ ...fields, detail }, 'the channel does not work')
    },
    works() {
      if (trouble === undefined) return
      trouble = undefined
      log.debug(fields, 'the channel works again')
    },
  }
}
