import { expect, test } from 'vitest'
import { compileFlow } from '../../flow/index.ts'
import { factView } from '../../http/wire/fact-view.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import { factOfView } from './journal.ts'

const { flow } = compileFlow({
  text: 'saga: a\nstates: { Begun: { on: { Go: Done }, after: { 1m: Done } }, Done: { final: success } }\n',
})
const at = 1_700_000_000_000
const timer = { id: '1.0', at: at + 1, purpose: { kind: 'after', index: 0 } } as const
const facts: readonly Fact[] = [
  {
    at,
    kind: 'started',
    id: 'e',
    flow: 'a',
    version: 1,
    flowKind: 'saga',
    // Data that looks like times stays as it is.
    input: { at: '2030-01-01T00:00:00.000Z', retry: { at: '2030-01-01T00:00:00.000Z' } },
  },
  { at, kind: 'entered', node: 'Begun', by: { kind: 'start' }, timers: [timer], status: 'waiting' },
  {
    at,
    kind: 'event-kept',
    messageId: 'm',
    event: 'E',
    data: { expiresAt: '2030-01-01T00:00:00.000Z' },
    reason: 'unexpected',
    expiresAt: at + 2,
  },
  { at, kind: 'command-failed', id: 'e:1', attempt: 1, code: 'C', message: 'm', retryAt: at + 3 },
  {
    at,
    kind: 'compensation-failed',
    id: 'c',
    attempt: 1,
    code: 'C',
    message: 'm',
    retry: { ...timer, purpose: { kind: 'compensation-retry' } },
  },
  {
    at,
    kind: 'incident-raised',
    incident: { code: 'C', message: 'm', at: at + 4, node: 'Begun', subject: { kind: 'node' } },
  },
]

test.each(facts.map((fact) => [fact.kind, fact] as const))(
  '%s comes back as it was',
  (_kind, fact) => {
    if (flow === undefined) throw new Error('the flow does not compile')
    const overTheWire = JSON.stringify(factView(flow, 7, fact))
    expect(factOfView(JSON.parse(overTheWire))).toEqual(fact)
  },
)
