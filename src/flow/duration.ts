const unitsMs: ReadonlyMap<string, number> = new Map([
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
])

/**
 * Reads `30s`, `1h30m`, `500ms`, `2d`, `1.5h`, or ISO 8601 as `PT1H30M`: larger units first, each at
 * most once. Answers nothing for anything else; months and years have no fixed length.
 */
export function parseDuration(text: string): number | undefined {
  const parts = text.startsWith('P') ? isoParts(text) : shortParts(text)
  if (parts === undefined || parts.length === 0) return undefined
  const total = parts.reduce((sum, [value, unitMs]) => sum + value * unitMs, 0)
  return Math.round(total)
}

type Part = readonly [value: number, unitMs: number]

function shortParts(text: string): readonly Part[] | undefined {
  if (text.length > 60 || !/^(\d+(\.\d+)?(ms|[wdhms]))+$/.test(text)) return undefined
  const parts: Part[] = []
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)) {
    const unitMs = unitsMs.get(unit ?? '') ?? 0
    const before = parts.at(-1)
    if (before !== undefined && before[1] <= unitMs) return undefined
    parts.push([Number(value), unitMs])
  }
  return parts
}

const isoPattern =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
const isoUnits = ['w', 'd', 'h', 'm', 's']

function isoParts(text: string): readonly Part[] | undefined {
  const found = text.length > 60 ? null : isoPattern.exec(text)
  if (found === null) return undefined
  return isoUnits.flatMap((unit, index): Part[] => {
    const value = found[index + 1]
    return value === undefined ? [] : [[Number(value), unitsMs.get(unit) ?? 0]]
  })
}

/** Writes a length of time as people do: `1h30m`, `500ms`. The reverse of `parseDuration`. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms))
  let text = ''
  for (const [unit, unitMs] of unitsMs) {
    // Weeks are read, but 14d says more than 2w.
    if (unit === 'w') continue
    const count = Math.floor(rest / unitMs)
    if (count === 0) continue
    text += `${count}${unit}`
    rest -= count * unitMs
  }
  return text === '' ? '0s' : text
}
