import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../diagnostic.ts'
import { renderDiagnostics, renderSummary } from './render-diagnostics.ts'
import { checkText, sagaOf } from './test/check-text.ts'

const order = sagaOf(`
  Created:
    send: ReserveItems
    on: { ItemsOK: Paying, ItemsKO: Failed }
    after: { 30s: Failed }
  Paying:
    send: ProcessPayment
    undo: none
    on:
      PaymentOK: Done
      PaymentKO: { rollback: Failed }
  Done: { final: success }
  Failed: { final: failure }
`)

function render(diagnostics: readonly Diagnostic[], text: string, color = false): string {
  return renderDiagnostics(diagnostics, { text, file: 'order.flow.yaml', color })
}

describe('renderDiagnostics', () => {
  test('prints place, excerpt, moves, fix and page', () => {
    expect(`\n${render(checkText(order).diagnostics, order)}`).toBe(`
order.flow.yaml:5:5 warning[COMPENSATION_GAP] Expected \`Created\` to say how ReserveItems is undone (\`undo\`), or that there is nothing to undo (\`undo: none\`); found neither. PaymentKO in \`Paying\` rolls back, and its effect would stay.
  |
5 |     send: ReserveItems
  |     ^^^^
  = how it comes to this:
    1. Created —ItemsOK→ Paying
    2. Paying —PaymentKO→ rollback, then Failed
  = fix: Say that ReserveItems leaves nothing to undo
6 +     undo: none
  = docs/diagnostics/COMPENSATION_GAP.md

order.flow.yaml:8:3 warning[TIMER_MISSING] Expected \`Paying\` to have a timer (\`after\`), because it waits for PaymentOK or PaymentKO; found none. If no event comes, the execution waits for ever.
  |
8 |   Paying:
  |   ^^^^^^
  = fix: Add a timer (choose the time)
11 +     after: { 1h: Failed }
  = docs/diagnostics/TIMER_MISSING.md
`)
  })

  test('shows what a fix replaces', () => {
    const text = order.replace('PaymentOK: Done', 'PaymentOK: Don')
    const printed = render(checkText(text).diagnostics, text)
    expect(printed).toContain('12 -       PaymentOK: Don\n12 +       PaymentOK: Done\n')
  })

  test('colours only when asked', () => {
    const { diagnostics } = checkText(order)
    const colored = render(diagnostics, order, true)
    expect(colored).toContain('\u001B[')
    // oxlint-disable-next-line no-control-regex -- the escape is what is looked for
    expect(colored.replaceAll(/\u001B\[\d+m/g, '')).toBe(render(diagnostics, order))
  })

  test('marks the right columns after tabs and wide characters', () => {
    const printed = render([diagnosticAt(5, 6)], '\t東京: X')
    expect(printed).toContain('1 |   東京: X\n  |         ^\n')
  })

  test('cuts long lines around the place', () => {
    const text = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`
    const lines = render([diagnosticAt(500, 504)], text).split('\n')
    const [, , excerpt = '', carets = ''] = lines
    expect(excerpt.length).toBeLessThan(140)
    expect(excerpt.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE')
  })

  test('shows control characters instead of passing them on', () => {
    const text = 'a\u001B[2Jb\u202Ec'
    expect(render([diagnosticAt(0, 1)], text)).toContain('1 | a\uFFFD[2Jb\uFFFDc\n')
  })

  test('an empty text and a place of several lines are no trouble', () => {
    expect(render([diagnosticAt(0, 0)], '')).toContain('1 |\n  | ^\n')
    const text = 'first: {\n second\n}'
    const range = { ...diagnosticAt(7, 8).range, endLine: 3, endColumn: 2 }
    expect(render([{ ...diagnosticAt(7, 8), range }], text)).toContain('|        ^ …\n')
  })
})

test.each([
  [[], 'No problems found.'],
  [['error'], '1 error'],
  [['warning', 'warning', 'hint', 'error', 'error'], '2 errors, 2 warnings, 1 hint'],
] as const)('renderSummary counts %j', (severities, expected) => {
  const diagnostics = severities.map((severity) => ({ ...diagnosticAt(0, 1), severity }))
  expect(renderSummary(diagnostics, { color: false })).toBe(expected)
})

/** A finding on one line. */
function diagnosticAt(startOffset: number, endOffset: number): Diagnostic {
  return {
    code: 'VALUE_INVALID',
    severity: 'error',
    message: 'Expected one thing, found another.',
    range: {
      line: 1,
      column: startOffset + 1,
      endLine: 1,
      endColumn: endOffset + 1,
      startOffset,
      endOffset,
    },
    path: [],
  }
}
