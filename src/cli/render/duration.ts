const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A duration in at most two units: `340ms`, `2.3s`, `4m 10s`, `2h 5m`, `3d 4h`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs))
  if (ms < secondMs) return `${ms}ms`
  if (ms < 10 * secondMs) return `${Math.floor(ms / 100) / 10}s`
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)}s`
  if (ms < hourMs) return twoUnits(ms, minuteMs, 'm', secondMs, 's')
  if (ms < dayMs) return twoUnits(ms, hourMs, 'h', minuteMs, 'm')
  return twoUnits(ms, dayMs, 'd', hourMs, 'h')
}

/** How long ago a time was: `12s ago`, `just now`, or `in 12s` when it is still to come. */
export function formatAgo(at: number, now: number): string {
  const ms = now - at
  if (Math.abs(ms) < secondMs) return 'just now'
  return ms > 0 ? `${formatDuration(ms)} ago` : `in ${formatDuration(-ms)}`
}

function twoUnits(
  ms: number,
  largeMs: number,
  large: string,
  smallMs: number,
  small: string,
): string {
  const rest = Math.floor((ms % largeMs) / smallMs)
  return `${Math.floor(ms / largeMs)}${large}${rest === 0 ? '' : ` ${rest}${small}`}`
}
