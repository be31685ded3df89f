import { limits } from '../../kernel/limits.ts'
import type { FailurePolicy, Merge, UnexpectedPolicy } from '../../kernel/model/flow.ts'
import type { RetryPolicy } from '../../kernel/model/retry-policy.ts'
import { parseDuration } from '../duration.ts'
import type { Cursor } from './cursor.ts'
import { shorten } from './cursor.ts'
import { defaultKeepMs } from './defaults.ts'

// The small values that a saga is made of: each reads what stands at a cursor and reports the rest.

const durationExamples = 'a duration such as `30s`, `5m`, `1h30m`, `2d`, `500ms` or `PT30S`'

export function readDuration(cursor: Cursor): number | undefined {
  const { string } = cursor
  const durationMs = string === undefined ? undefined : parseDuration(string)
  if (durationMs !== undefined) return checkDuration(durationMs, cursor)
  const meant = string === undefined ? undefined : meantDuration(string)
  if (meant === undefined) return cursor.expected(durationExamples)
  const message = `Expected ${durationExamples}, found \`${shorten(string ?? '')}\`. Did you mean \`${meant}\`?`
  return cursor.wrong('VALUE_INVALID', message, cursor.report.replaceFix(cursor.node.span, meant))
}

/** Reads a duration that stands as a key of `after`. */
export function readDurationKey(key: string, cursor: Cursor): number | undefined {
  const durationMs = parseDuration(key)
  const span = cursor.keySpan ?? cursor.place()
  if (durationMs !== undefined) return checkDuration(durationMs, cursor, span)
  const meant = meantDuration(key)
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  const message = `Expected ${durationExamples}, found \`${shorten(key)}\`.${hint}`
  const fix = meant === undefined ? {} : { fix: cursor.report.replaceFix(span, meant) }
  cursor.report.add({ code: 'VALUE_INVALID', message, span, path: cursor.path, ...fix })
  return undefined
}

const unitWords: readonly (readonly [RegExp, string])[] = [
  [/^(ms|msecs?|milliseconds?)$/i, 'ms'],
  [/^(|s|secs?|seconds?)$/i, 's'],
  [/^(m|mins?|minutes?)$/i, 'm'],
  [/^(h|hrs?|hours?)$/i, 'h'],
  [/^(d|days?)$/i, 'd'],
  [/^(w|weeks?)$/i, 'w'],
]

/** `60`, `60sec`, `5 min`: how it is written here. */
function meantDuration(text: string): string | undefined {
  const found = /^(\d{1,9})\s{0,3}([a-z]{0,12})$/i.exec(text)
  const unit = unitWords.find(([words]) => found !== null && words.test(found[2] ?? ''))?.[1]
  return unit === undefined ? undefined : `${found?.[1]}${unit}`
}

function checkDuration(
  durationMs: number,
  cursor: Cursor,
  span = cursor.place(),
): number | undefined {
  if (durationMs > 0 && durationMs <= limits.timerMs) return durationMs
  const message =
    durationMs === 0
      ? 'Expected a duration longer than nothing, found 0.'
      : 'Expected a duration of at most ten years, found a longer one.'
  const code = durationMs === 0 ? 'VALUE_INVALID' : 'LIMIT_EXCEEDED'
  cursor.report.add({ code, message, span, path: cursor.path })
  return undefined
}

export function readRetry(cursor: Cursor, fallback: RetryPolicy): RetryPolicy {
  const known = ['attempts', 'interval', 'backoff', 'max', 'jitter']
  if (!cursor.object('a retry policy', known)) return fallback
  const attempts = cursor.get('attempts')?.number('a whole number', 1, limits.retryAttempts, true)
  const interval = cursor.get('interval')
  const max = cursor.get('max')
  const intervalMs = interval === undefined ? undefined : readDuration(interval)
  const maxIntervalMs = max === undefined ? undefined : readDuration(max)
  const policy = {
    attempts: attempts ?? fallback.attempts,
    intervalMs: intervalMs ?? fallback.intervalMs,
    backoff: cursor.get('backoff')?.number('a number', 1, 10, false) ?? fallback.backoff,
    maxIntervalMs: maxIntervalMs ?? Math.max(fallback.maxIntervalMs, intervalMs ?? 0),
    jitter: cursor.get('jitter')?.number('a number', 0, 1, false) ?? fallback.jitter,
  }
  if (max !== undefined && maxIntervalMs !== undefined && maxIntervalMs < policy.intervalMs) {
    max.wrong(
      'VALUE_INVALID',
      'Expected `max` not to be shorter than `interval`, found a shorter one.',
    )
  }
  return policy
}

export function readMerge(cursor: Cursor | undefined): Merge {
  return cursor?.choice(['shallow', 'deep', 'none'] as const) ?? 'shallow'
}

export function readUnexpected(cursor: Cursor | undefined): UnexpectedPolicy {
  if (cursor === undefined) return { policy: 'ignore' }
  if (cursor.kind === 'map') {
    cursor.object('the policy for unexpected events', ['keep'], ['keep'])
    const keep = cursor.get('keep')
    return { policy: 'keep', ttlMs: (keep && readDuration(keep)) ?? defaultKeepMs }
  }
  const policy = cursor.choice(['ignore', 'reject', 'keep'] as const) ?? 'ignore'
  return policy === 'keep' ? { policy, ttlMs: defaultKeepMs } : { policy }
}

/** What `onFailure` says; the target's existence is checked by the caller. */
export function readFailurePolicy(
  cursor: Cursor | undefined,
  readTarget: (target: Cursor) => string | undefined,
): FailurePolicy {
  if (cursor === undefined) return { policy: 'rollback' }
  if (cursor.kind !== 'map') {
    return { policy: cursor.choice(['rollback', 'fail', 'incident'] as const) ?? 'rollback' }
  }
  cursor.object('the policy for failures', ['rollback', 'fail'])
  const rollback = cursor.get('rollback')
  const fail = cursor.get('fail')
  const chosen = rollback ?? fail
  if (chosen === undefined || (rollback !== undefined && fail !== undefined)) {
    cursor.wrong('VALUE_INVALID', 'Expected either `rollback` or `fail` with its target.')
    return { policy: 'rollback' }
  }
  const target = readTarget(chosen)
  const policy = rollback === undefined ? 'fail' : 'rollback'
  return target === undefined ? { policy } : { policy, target }
}

/** A list of texts; one alone may stand without the list. */
export function readTexts(cursor: Cursor | undefined, what: string): readonly string[] {
  if (cursor === undefined) return []
  if (cursor.string !== undefined) return [cursor.string]
  if (cursor.kind !== 'list') {
    cursor.expected(`a list of ${what}`)
    return []
  }
  return cursor.items().flatMap((item) => item.text(`a text`) ?? [])
}

/** Dotted paths into the state. */
export function readPaths(cursor: Cursor | undefined): readonly string[] {
  if (cursor === undefined) return []
  const paths = readTexts(cursor, 'paths into the state')
  if (paths.length > 50)
    cursor.wrong('LIMIT_EXCEEDED', `Expected at most 50 paths, found ${paths.length}.`)
  for (const path of paths) {
    if (path.length > 200 || !/^[^.\s]+(\.[^.\s]+)*$/.test(path)) {
      const message = `Expected a path such as \`customer.email\`, found \`${shorten(path)}\`.`
      cursor.wrong('VALUE_INVALID', message)
    }
  }
  return paths
}
