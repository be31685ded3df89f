/** Signs that lead a line of the timeline or a status. */
export interface Symbols {
  readonly enter: string
  readonly send: string
  readonly receive: string
  readonly ok: string
  readonly fail: string
  readonly undo: string
  readonly timer: string
  readonly person: string
  readonly alert: string
  readonly note: string
  readonly wait: string
  readonly run: string
  readonly pause: string
}

const signs: Symbols = {
  enter: '●',
  send: '→',
  receive: '←',
  ok: '✓',
  fail: '✗',
  undo: '↶',
  timer: '◷',
  person: '◆',
  alert: '▲',
  note: '·',
  wait: '◌',
  run: '▸',
  pause: '‖',
}

/** Where signs cannot be shown, short words take their place. */
const words: Symbols = {
  enter: 'in',
  send: 'send',
  receive: 'event',
  ok: 'ok',
  fail: 'fail',
  undo: 'undo',
  timer: 'timer',
  person: 'act',
  alert: 'alert',
  note: 'note',
  wait: 'wait',
  run: 'run',
  pause: 'pause',
}

export function symbolsFor(unicode: boolean): Symbols {
  return unicode ? signs : words
}

/** Whether the terminal of these variables can show signs: a UTF-8 locale that is not dumb. */
export function supportsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return (
    /utf-?8/i.test(locale) || env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] !== undefined
  )
}
