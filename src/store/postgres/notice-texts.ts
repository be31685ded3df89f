import type { Notice } from '../sharing.ts'

/** PostgreSQL refuses payloads of 8000 bytes and more. */
const payloadBytesMax = 7_900

type Changed = Notice['changed'][number]

/** Notices as few texts: what they say is said once, and split where a text would be too long. */
export function encodeNotices(sender: string, notices: readonly Notice[]): readonly string[] {
  const wakeTimes = notices.flatMap(({ wakeAt }) => wakeAt ?? [])
  const rest = {
    s: sender,
    c: [...new Set(notices.flatMap(({ channels }) => channels))],
    ...(wakeTimes.length === 0 ? {} : { w: Math.min(...wakeTimes) }),
  }
  const texts: string[] = []
  let first: object = rest
  let entries: string[] = []
  let size = Buffer.byteLength(JSON.stringify({ ...first, e: [] }))
  const flush = (): void => {
    texts.push(`${JSON.stringify(first).slice(0, -1)},"e":[${entries.join(',')}]}`)
    first = { s: sender, c: [] }
    entries = []
    size = Buffer.byteLength(JSON.stringify({ ...first, e: [] }))
  }
  for (const { id, revision, finished } of newestOf(notices)) {
    const entry = asciiJson([id, revision, finished ? 1 : 0])
    if (size + entry.length + 1 > payloadBytesMax) flush()
    entries.push(entry)
    size += entry.length + 1
  }
  flush()
  return texts
}

/** The notice of a text, unless it is our own or nobody's of this form. */
export function decodeNotice(sender: string, text: string): Notice | undefined {
  const parsed: unknown = parse(text)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { s, c, w, e } = parsed as { s?: unknown; c?: unknown; w?: unknown; e?: unknown }
  if (s === sender || !Array.isArray(c) || !Array.isArray(e)) return undefined
  return {
    changed: e.filter(isEntry).map(([id, revision, finished]) => ({
      id,
      revision,
      finished: finished === 1,
    })),
    channels: c.filter((channel) => typeof channel === 'string'),
    ...(typeof w === 'number' ? { wakeAt: w } : {}),
  }
}

/** Each execution once, with its newest revision. */
function newestOf(notices: readonly Notice[]): Iterable<Changed> {
  const newest = new Map<string, Changed>()
  for (const change of notices.flatMap(({ changed }) => changed)) {
    const known = newest.get(change.id)
    if (known === undefined || known.revision <= change.revision) newest.set(change.id, change)
  }
  return newest.values()
}

/** JSON whose length in bytes is that in characters, and that has no character PostgreSQL refuses. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Others may use the same channel of the server.
    return undefined
  }
}

function isEntry(entry: unknown): entry is [string, number, number] {
  return Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number'
}
