import { SignalboxError } from '../../../errors/signalbox-error.ts'
import { type ApiClient, apiPath } from '../../api/client.ts'
import type { DeadLetterPage } from '../../api/shapes.ts'

/** Which dead letters a command is about. */
export interface Choice {
  readonly all?: boolean
  readonly channel?: string
  readonly code?: string
}

/** The most that the API gives and takes at once. */
const pageItems = 50

/** The numbers that were named, or those of all that fit, the oldest first. Throws REQUEST_INVALID. */
export async function chosenNumbers(
  client: ApiClient,
  named: readonly number[],
  { all, channel, code }: Choice,
): Promise<readonly number[]> {
  if (named.length > 0 === (all === true)) {
    throw new SignalboxError(
      'REQUEST_INVALID',
      `expected numbers of dead letters, or --all, found ${all === true ? 'both' : 'neither'}`,
    )
  }
  if (all !== true) return named
  const numbers: number[] = []
  let before: number | undefined
  do {
    const page: DeadLetterPage = await client.call(apiPath('dead-letters'), {
      query: { channel, before, limit: pageItems },
    })
    const fitting = page.items.filter((item) => code === undefined || item.code === code)
    numbers.push(...fitting.map(({ number }) => number))
    before = page.nextBefore
  } while (before !== undefined)
  return numbers.toReversed()
}

/** As many as the API takes at once. */
export function* inRequests(numbers: readonly number[]): Generator<readonly number[]> {
  for (let from = 0; from < numbers.length; from += pageItems) {
    yield numbers.slice(from, from + pageItems)
  }
}
