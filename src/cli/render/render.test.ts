import { describe, expect, test } from 'vitest'
import { displayWidth, truncate } from './display-width.ts'
import { formatAgo, formatDuration } from './duration.ts'
import { escapeControls } from './escape.ts'
import { plainPaint } from './paint.ts'
import { prettyLine } from './pretty-log.ts'
import { supportsUnicode } from './symbols.ts'
import { renderTable } from './table.ts'

test.each([
  [0, '0ms'],
  [999.4, '999ms'],
  [999.9, '1s'],
  [1_000, '1s'],
  [9_999, '9.9s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [250_000, '4m 10s'],
  [7_500_000, '2h 5m'],
  [273_600_000, '3d 4h'],
  [-5, '0ms'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('how long ago', () => {
  expect(formatAgo(1_000, 1_500)).toBe('just now')
  expect(formatAgo(1_000, 13_000)).toBe('12s ago')
  expect(formatAgo(13_000, 1_000)).toBe('in 12s')
})

test('control characters become visible', () => {
  expect(escapeControls('a\u001b[31mb\u0000\u009b\n\t\u202e\ud800')).toBe(
    'a\\x1b[31mb\\x00\\x9b\\n\\t\\u{202e}\\u{d800}',
  )
  expect(escapeControls('größe 日本 ✓')).toBe('größe 日本 ✓')
})

test('width counts columns, not characters', () => {
  expect(displayWidth('日本')).toBe(4)
  expect(displayWidth('e\u0301')).toBe(1)
  expect(displayWidth('\u001b[31mred\u001b[39m')).toBe(3)
  expect(truncate('日本語', 4)).toBe('日…')
  expect(truncate('abc', 3)).toBe('abc')
  expect(truncate('abcd', 3)).toBe('ab…')
})

describe('tables', () => {
  interface Row {
    readonly id: string
    readonly note: string
    readonly count: number
  }
  const rows: readonly Row[] = [
    { id: 'one', note: 'a rather long note', count: 7 },
    { id: 'twenty', note: 'short', count: 1200 },
  ]
  const columns = [
    { title: 'ID', text: (row: Row) => row.id },
    { title: 'NOTE', text: (row: Row) => row.note, shrinkTo: 5 },
    { title: 'COUNT', text: (row: Row) => String(row.count), align: 'right' as const },
  ]

  test('are as wide as their content', () => {
    expect(renderTable(columns, rows)).toBe(
      [
        'ID      NOTE                COUNT',
        'one     a rather long note      7',
        'twenty  short                1200',
      ].join('\n'),
    )
  })

  test('shrink where they may', () => {
    expect(renderTable(columns, rows, { width: 25 })).toBe(
      ['ID      NOTE        COUNT', 'one     a rather …      7', 'twenty  short        1200'].join(
        '\n',
      ),
    )
  })

  test('never cut what people copy, even when the terminal is too narrow', () => {
    expect(renderTable(columns, rows, { width: 5 })).toContain('twenty')
  })

  test('keep each row on one line', () => {
    const evil = [{ id: 'a\nb\u001b[2J', note: '', count: 1 }]
    expect(renderTable(columns, evil).split('\n')).toHaveLength(2)
  })
})

test('a log line for people', () => {
  const line = JSON.stringify({
    level: 40,
    time: '2030-01-02T03:04:05.678Z',
    msg: 'late\u0007',
    channel: 'shop',
  })
  expect(prettyLine(line, { paint: plainPaint })).toBe('03:04:05.678 warn  late\\x07 channel=shop')
  const failure = JSON.stringify({
    level: 50,
    time: 'x',
    msg: 'oh',
    err: { stack: 'Error: a\n  at b' },
  })
  expect(prettyLine(failure, { paint: plainPaint })).toBe('error oh\n  Error: a\n    at b')
  expect(prettyLine('not json', { paint: plainPaint })).toBe('not json')
})

test.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C.utf8', TERM: 'dumb' }, false],
  [{}, false],
])('signs with %j: %s', (env, expected) => {
  expect(supportsUnicode(env)).toBe(expected)
})
