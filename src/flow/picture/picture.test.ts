import { describe, expect, test } from 'vitest'
import type { FlowGraph } from '../graph.ts'
import { compileFlow } from '../index.ts'
import { flowToMarkdown } from './markdown.ts'
import { flowToMermaid } from './mermaid.ts'

const text = `
saga: order
title: An order
channel: shop
stages: { open: Under way }
states:
  Created:
    title: Take the payment
    stage: open
    send: ProcessPayment
    also: [TellCustomer]
    undo: { send: RefundPayment, done: PaymentRefunded }
    on:
      PaymentOK: [{ to: Done, if: 'event.data.total > 10', as: Paid }, { stay: true }]
      PaymentKO: { to: Lost, failed: true }
    after: { 1h30m: { rollback: Lost } }
  Done: { final: success }
  Lost: { final: failure }
`

function graphOf(source: string): FlowGraph {
  const { graph } = compileFlow({ text: source })
  if (graph === undefined) throw new Error('expected a graph')
  return graph
}

describe('the picture', () => {
  test('shows states, commands, ways out, rollbacks and ends', () => {
    expect(flowToMermaid(graphOf(text))).toBe(`stateDiagram-v2
  direction LR
  state "Take the payment<br/>▷ ProcessPayment<br/>▹ TellCustomer<br/>↶ RefundPayment" as s0
  state "Done" as s1
  state "Lost" as s2
  [*] --> s0
  s0 --> s1 : PaymentOK if event.data.total #62; 10
  s0 --> s0 : PaymentOK
  s0 --> s2 : PaymentKO
  s0 --> s2 : after 1h30m ↶ undo
  s1 --> [*]
  s2 --> [*]
  classDef success fill:#d9f2e3,stroke:#2a8a57
  class s1 success
  classDef failure fill:#fbdede,stroke:#b23b3b
  class s2 failure
`)
  })

  test('survives hostile titles and targets that do not exist', () => {
    const title = 'x" as s9\n\n  [*] --> <script>;%%{init}%%'
    const states = {
      A: { title, on: { E: 'Nowhere', F: 'B' } },
      B: { final: 'success' },
    }
    const graph = graphOf(JSON.stringify({ saga: 's', states }))
    const lines = flowToMermaid(graph).split('\n')
    expect(lines.slice(2, 4)).toEqual([
      '  state "x#34; as s9 #91;*#93; --#62; #60;script#62;#59;#37;#37;#123;init#125;#37;#37;" as s0',
      '  state "B" as s1',
    ])
    expect(lines.filter((line) => line.includes('-->'))).toEqual([
      '  [*] --> s0',
      '  s0 --> s1 : F',
      '  s1 --> [*]',
    ])
  })
})

describe('the documentation', () => {
  const page = flowToMarkdown(graphOf(text))

  test.each([
    '# An order',
    '`order` begins in `Created`. It succeeds in `Done`. It fails in `Lost`.',
    '### Take the payment (`Created`)',
    'Stage: Under way.',
    'Sends the command `ProcessPayment` on the channel `shop`.',
    'Also sends `TellCustomer`',
    'A rollback undoes this with the command `RefundPayment`, and waits for the event `PaymentRefunded`.',
    '* When the event `PaymentOK` arrives, if `event.data.total > 10`: it goes on to `Done`. This reaches the milestone Paid.',
    '* When the event `PaymentOK` arrives: it stays here.',
    '* When the event `PaymentKO` arrives: it goes on to `Lost`. It means that the command was not carried out.',
    '* After 1h30m: everything done so far is undone, the latest first; then it goes on to `Lost`.',
    'Here the flow ends with failure.',
  ])('says: %s', (sentence) => {
    expect(page).toContain(sentence)
  })

  test('does not let an author write Markdown or HTML', () => {
    const hostile = flowToMarkdown(
      graphOf("saga: s\ntitle: '<b>x</b> [a](b) `c` \\'\nstates: { A: { final: success } }"),
    )
    expect(hostile.split('\n')[0]).toBe('# \\<b\\>x\\</b\\> \\[a\\](b) \\`c\\` \\\\')
  })
})
