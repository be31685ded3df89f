import { describe, expect, test } from 'vitest'
import { compileFlow } from '../index.ts'

const flow = [
  'saga: trip', // 1
  'channel: travel',
  'states:',
  '  Requested:', // 4
  '    send: BookHotel',
  '    on:', // 6
  '      HotelBooked: Booked',
  '      HotelFull: { to: Failed, failed: true }   # nothing to undo', // 8
  '    after: { 1m: Failed }',
  '  Booked: { final: success }', // 10
  '  Failed: { final: failure }',
  '',
].join('\n')

/** Mistake, what is written instead of what, where it is found, words of the message. */
const mistakes: readonly (readonly [string, string, string, string, string])[] = [
  ['a line indented too little', '    send:', '   send:', '6:5-6:8', 'column 4'],
  ['a missing colon', 'send: Book', 'send Book', '5:5-5:19', 'the colon is missing'],
  ['a missing space', 'HotelBooked: ', 'HotelBooked:', '7:7-7:25', 'space behind the colon'],
  ['a state without its colon', 'Requested:', 'Requested', '4:3-4:12', 'the colon is missing'],
  ['a tab', '    send', '\tsend', '5:1-5:2', 'found a tab'],
  ['an open brace', 'failed: true }', 'failed: true ', '8:18-8:19', 'Expected `}` for this `{`'],
  ['an open brace at the end', 'failure }', 'failure', '11:11-11:12', 'Expected `}`'],
  ['an open quote', 'saga: trip', 'saga: "trip', '1:7-1:8', 'closing `"`'],
  ['text behind a quote', 'saga: trip', "saga: 'it's'", '1:11-1:13', 'whole value in quotes'],
  ['a colon in a text', 'send: Book', 'send: a: b', '5:11-5:12', 'goes in quotes'],
  ['a comma too few', 'Failed, failed', 'Failed failed', '8:24-8:44', 'a comma'],
  ['a sign that begins no text', 'saga: trip', 'saga: @trip', '1:7-1:8', 'found `@`'],
  ['an escape', 'saga: trip', 'saga: "\\d"', '1:8-1:9', 'Expected an escape'],
  ['a list beside keys', 'HotelBooked:', '- HotelBooked:', '8:7-8:46', 'found it in column 7'],
  ['a bracket too many', 'failure }', 'failure }\n}', '12:1-12:2', 'found `}`'],
]

describe('a mistake in the text is told once, where it was made', () => {
  test.each(mistakes)('%s', (_title, right, wrong, place, words) => {
    expect(flow).toContain(right)
    const { diagnostics } = compileFlow({ text: flow.replace(right, wrong) })
    expect(diagnostics.map(({ code }) => code)).toEqual(['YAML_SYNTAX'])
    const range = diagnostics[0]?.range
    expect(diagnostics[0]?.message).toContain(words)
    expect(`${range?.line}:${range?.column}-${range?.endLine}:${range?.endColumn}`).toBe(place)
  })

  test('the same flow without a mistake has no finding', () => {
    expect(compileFlow({ text: flow }).diagnostics).toEqual([])
  })
})

describe('a word that YAML takes otherwise is understood', () => {
  test.each([
    ['failed: true', 'failed:true', 'Did you mean `failed: true`?'],
    ['1m', '60sec', 'Did you mean `60s`?'],
    ['1m', '5 minutes', 'Did you mean `5m`?'],
    ['1m', '60', 'Did you mean `60s`?'],
    ['{ final: success }', '', 'Expected what the state does'],
    ['HotelBooked: Booked', 'HotelBooked: { to: Booked, if: state.city == Oslo }', "`'Oslo'`"],
  ])('%s written as %s', (right, wrong, words) => {
    const { diagnostics } = compileFlow({ text: flow.replace(right, wrong) })
    expect(diagnostics[0]?.message).toContain(words)
    for (const { startOffset, endOffset, newText } of diagnostics[0]?.fix?.edits ?? []) {
      const text = flow.replace(right, wrong)
      const fixed = text.slice(0, startOffset) + newText + text.slice(endOffset)
      expect(compileFlow({ text: fixed }).diagnostics).toEqual([])
    }
  })
})
