import { describe, expect, test } from 'vitest'
import { spanIdOf } from '../channel/trace-context.ts'
import { limits } from '../kernel/limits.ts'
import type { Fact } from '../kernel/model/fact.ts'
import { createTrace } from './execution-trace.ts'
import { foldFact } from './fold-fact.ts'
import type { Span } from './span.ts'
import { readGoldens } from './test/read-goldens.ts'

const goldens = readGoldens()

describe.each(goldens)('the trace of $name', ({ facts }) => {
  const spans = foldAll(facts)
  const ids = new Set(spans.map(({ spanId }) => spanId))

  test('has no span twice', () => {
    expect(ids.size).toBe(spans.length)
  })

  test('is one tree under one root, if the execution has ended', () => {
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined)
    const hasEnded = facts.some(({ kind }) => kind === 'finished')
    expect(roots).toHaveLength(hasEnded ? 1 : 0)
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBeLessThanOrEqual(1)
    const orphans = spans.filter(
      ({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId),
    )
    expect(hasEnded ? orphans : []).toEqual([])
  })

  test('has each command that was settled, from its issue on', () => {
    const open = createTraceOf(facts).commandsById
    const settled = facts.filter((fact) => fact.kind === 'command-issued' && !open.has(fact.id))
    const sent = spans.filter(({ name }) => name.startsWith('send '))
    expect(sent.map(({ spanId, name, startedAt }) => ({ spanId, name, startedAt }))).toEqual(
      expect.arrayContaining(
        settled.map((fact) => {
          const { id, command } = fact as Extract<Fact, { kind: 'command-issued' }>
          return { spanId: spanIdOf(id), name: `send ${command}`, startedAt: fact.at }
        }),
      ),
    )
    expect(sent).toHaveLength(settled.length)
  })

  test('is the same, each span once, when replicas commit by turns', () => {
    const mine = foldInTurns(facts, 0)
    const theirs = foldInTurns(facts, 1)
    expect([...mine, ...theirs].toSorted(bySpanId)).toEqual(spans.toSorted(bySpanId))
  })
})

test('a rollback has its compensations under it, and they their commands', () => {
  const golden = goldens.find(({ name }) => name === 'trip-rolled-back.jsonl')
  const spans = foldAll(golden?.facts ?? [])
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const parentOf = (span: Span | undefined): Span | undefined => byId.get(span?.parentSpanId ?? '')
  const undo = spans.find(({ attributes }) => attributes['signalbox.command.purpose'] === 'undo')
  expect(parentOf(undo)?.name).toMatch(/^undo /)
  expect(parentOf(parentOf(undo))?.name).toBe('rollback')
  expect(parentOf(parentOf(parentOf(undo)))?.name).toBe('trip')
})

test('no value of the business is in a trace, but the key', () => {
  const secret = 'x-secret-x'
  const facts: readonly Fact[] = [
    {
      kind: 'started',
      at: 1,
      id: 'e1',
      flow: 'order',
      version: 1,
      flowKind: 'saga',
      key: '4711',
      input: { secret },
      actor: secret,
    },
    {
      kind: 'command-issued',
      at: 1,
      id: 'e1:1',
      channel: 'shop',
      command: 'Pay',
      purpose: 'activity',
      node: 'Pay',
      data: { secret },
    },
    {
      kind: 'event-applied',
      at: 2,
      messageId: 'm1',
      event: 'Paid',
      data: { secret },
      merge: 'shallow',
      commandId: 'e1:1',
    },
    { kind: 'finished', at: 3, status: 'completed', output: { secret } },
  ]
  const spans = foldAll(facts)
  expect(spans).toHaveLength(2)
  expect(JSON.stringify(spans)).not.toContain(secret)
  expect(spans.every(({ attributes }) => attributes['signalbox.execution.key'] === '4711')).toBe(
    true,
  )
})

test('a long execution keeps its last events, and counts the others', () => {
  const trace = createTrace('e1')
  const started = goldens[0]?.facts[0]
  if (started === undefined) throw new Error('expected a golden journal')
  const note = { kind: 'event-ignored', event: 'Late', data: null, reason: 'late' } as const
  const spans = [
    ...foldFact(trace, started, () => 'queue'),
    ...Array.from({ length: 1_000 }, (_, index) =>
      foldFact(trace, { ...note, at: index, messageId: `m${index}` }, () => 'queue'),
    ).flat(),
    ...foldFact(trace, { kind: 'finished', at: 1_000, status: 'completed' }, () => 'queue'),
  ]
  expect(spans[0]?.events).toHaveLength(limits.traceEvents)
  expect(spans[0]?.droppedEvents).toBe(1_000 - limits.traceEvents)
  expect(spans[0]?.events.at(-1)?.attributes['messaging.message.id']).toBe('m999')
})

test.each([
  ['queue', 'producer', 'signalbox'],
  ['kafka', 'producer', 'kafka'],
  ['http', 'client', undefined],
] as const)('a command on a %s channel is a %s span', (type, kind, system) => {
  const golden = goldens.find(({ name }) => name === 'parcel-delivered.jsonl')
  const sent = foldAll(golden?.facts ?? [], type).filter(({ name }) => name.startsWith('send '))
  expect(sent.length).toBeGreaterThan(0)
  for (const span of sent) {
    expect(span.kind).toBe(kind)
    expect(span.attributes['messaging.system']).toBe(system)
  }
})

function foldAll(facts: readonly Fact[], type = 'queue'): readonly Span[] {
  const trace = createTrace('e1')
  return facts.flatMap((fact) => foldFact(trace, fact, () => type))
}

function createTraceOf(facts: readonly Fact[]): ReturnType<typeof createTrace> {
  const trace = createTrace('e1')
  for (const fact of facts) foldFact(trace, fact, () => 'queue')
  return trace
}

/** What one of two replicas emits that commit every other fact. */
function foldInTurns(facts: readonly Fact[], own: number): readonly Span[] {
  const trace = createTrace('e1')
  return facts.flatMap((fact, index) => {
    const spans = foldFact(trace, fact, () => 'queue')
    return index % 2 === own ? spans : []
  })
}

function bySpanId(one: Span, other: Span): number {
  return one.spanId < other.spanId ? -1 : 1
}
