/** The replicas of Signalbox: one of them is asked until it fails, then the next. */
export interface ServerList {
  readonly count: number
  /** Without a slash at its end. */
  current(): string
  /** Goes on to the next one, unless somebody has done so already. */
  leave(url: string): void
}

/**
 * @param urls one, or several in a list or with commas; a `TypeError` says what was expected
 * @param random where to begin, so that many workers spread over all replicas
 */
export function createServerList(
  urls: string | readonly string[],
  random: () => number = Math.random,
): ServerList {
  const texts = typeof urls === 'string' ? urls.split(',') : urls
  const bases = texts.map((text) => baseUrl(text.trim()))
  if (bases.length === 0) throw new TypeError('expected the URL of Signalbox, found an empty list')
  let index = Math.floor(random() * bases.length)
  const current = (): string => bases[index] ?? ''
  return {
    count: bases.length,
    current,
    leave: (url) => {
      if (url === current()) index = (index + 1) % bases.length
    },
  }
}

function baseUrl(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new TypeError(
      `expected the URL of Signalbox, such as http://127.0.0.1:7700, found ${text}`,
    )
  }
  return url.href.replace(/\/+$/, '')
}
