import { expect, test } from 'vitest'
import type { ExecutionChange } from '../engine/engine.ts'
import { replay } from '../kernel/evolve/evolve.ts'
import { limits } from '../kernel/limits.ts'
import { isFinished } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import { createTrace } from './execution-trace.ts'
import { foldFact } from './fold-fact.ts'
import { type ChangeReader, createChangeReader } from './change-reader.ts'
import type { Span } from './span.ts'
import { readGoldens } from './test/read-goldens.ts'

const goldens = readGoldens().map(({ facts }) => facts)
const rolledBack = readGoldens().find(({ name }) => name === 'trip-rolled-back.jsonl')?.facts ?? []

test('the loss of any one change costs the spans that it ended, and no others', async () => {
  for (const facts of goldens) {
    for (let lost = 0; lost < facts.length; lost += 1) {
      const subject = openReader(facts)
      facts.forEach((_fact, index) => {
        if (index !== lost) subject.reader.take(changeOf(facts, index, 1))
      })
      await subject.reader.idle()
      expect(subject.spans.map(({ name }) => name)).toEqual(spansWithout(facts, lost))
    }
  }
})

test('what is known is not read again', async () => {
  const subject = openReader(rolledBack)
  rolledBack.forEach((_fact, index) => subject.reader.take(changeOf(rolledBack, index, 1)))
  await subject.reader.idle()
  expect(subject.reads).toBe(0)
  expect(subject.spans.length).toBeGreaterThan(0)
})

test('a journal that cannot be read leaves its changes out; the next one tries again', async () => {
  const subject = openReader(rolledBack)
  const half = rolledBack.length >> 1
  subject.isAway = true
  subject.reader.take(changeOf(rolledBack, half, 1))
  subject.reader.take(changeOf(rolledBack, half + 1, 1))
  await subject.reader.idle()
  expect(subject.failures).toBe(1)
  expect(subject.reader.leftOut()).toBe(2)

  subject.isAway = false
  const rest = rolledBack.length - half - 2
  subject.reader.take(changeOf(rolledBack, rolledBack.length - 1, rest))
  await subject.reader.idle()
  expect(subject.spans.map(({ name }) => name)).toContain('trip')
  expect(subject.reader.leftOut()).toBe(2)
})

test('more than there is room for is left out at once, and counted', async () => {
  const subject = openReader(rolledBack)
  const change = changeOf(rolledBack, 0, 1)
  for (let number = 0; number < limits.traceChanges + 3; number += 1) subject.reader.take(change)
  expect(subject.reader.leftOut()).toBe(3)
  await subject.reader.idle()
})

test('late answers of executions that have ended are not worth a read', async () => {
  const late: Fact = {
    kind: 'event-ignored',
    at: 9_000,
    messageId: 'late',
    event: 'TooLate',
    data: null,
    reason: 'finished',
  }
  const facts = [...rolledBack, late]
  const subject = openReader(facts)
  subject.reader.take(changeOf(facts, facts.length - 1, 1))
  await subject.reader.idle()
  expect(subject.reads).toBe(0)
})

interface Subject {
  readonly reader: ChangeReader
  readonly spans: Span[]
  reads: number
  failures: number
  isAway: boolean
}

function openReader(facts: readonly Fact[]): Subject {
  const reader = createChangeReader({
    journal: async (_id, { after, limit }) => {
      subject.reads += 1
      if (subject.isAway) throw new Error('the store is away')
      return {
        facts: facts
          .slice(after, after + limit)
          .map((fact, index) => ({ sequence: after + index + 1, fact })),
      }
    },
    typeOf: () => 'queue',
    emit: (spans) => subject.spans.push(...spans),
    onFailure: () => {
      subject.failures += 1
    },
  })
  const subject: Subject = { reader, spans: [], reads: 0, failures: 0, isAway: false }
  return subject
}

/** A commit of `count` facts, the last of which is that at `index`. */
function changeOf(facts: readonly Fact[], index: number, count: number): ExecutionChange {
  const before = replay(facts.slice(0, index + 1 - count))
  const execution = replay(facts.slice(0, index + 1))
  if (execution === undefined) throw new Error('expected facts')
  return {
    execution,
    facts: facts.slice(index + 1 - count, index + 1),
    isElsewhere: false,
    created: before === undefined,
    finished: isFinished(execution) && (before === undefined || !isFinished(before)),
    incidentChanged: false,
  }
}

function spansWithout(facts: readonly Fact[], lost: number): readonly string[] {
  const trace = createTrace('e1')
  return facts.flatMap((fact, index) => {
    const spans = foldFact(trace, fact, () => 'queue')
    return index === lost ? [] : spans.map(({ name }) => name)
  })
}
