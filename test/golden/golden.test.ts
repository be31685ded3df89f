import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evolve } from '../../src/kernel/evolve/evolve.ts'
import type { Cause, Execution, Incident, Timer } from '../../src/kernel/model/execution.ts'
import type { Fact, FactKind, IgnoredReason } from '../../src/kernel/model/fact.ts'
import { stories } from './stories.ts'

/** A journal as it was recorded, and the execution that it was at its time. */
interface Golden {
  readonly name: string
  readonly facts: readonly Fact[]
  readonly execution: Execution
}

const goldens = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.jsonl'))
  .map(readGolden)

describe('golden journals', () => {
  test('golden journals fold to the executions of their time', () => {
    expect(goldens.length).toBeGreaterThanOrEqual(8)
    for (const { name, facts, execution } of goldens) {
      let folded: Execution | undefined
      for (const [index, fact] of facts.entries()) {
        folded = evolve(folded, fact)
        expect(folded.revision, name).toBe(index + 1)
      }
      expect(folded, name).toStrictEqual(execution)
    }
  })

  test('hold every kind of fact', () => {
    const found = goldens.flatMap(({ facts }) => facts.map(({ kind }) => kind))
    expect(new Set(found)).toEqual(new Set(Object.keys(everyKind)))
  })

  test('hold every cause, every end, every reason and every purpose', () => {
    const facts = goldens.flatMap((golden) => golden.facts)
    const causes = facts.flatMap((fact) => ('by' in fact ? [fact.by.kind] : []))
    expect(new Set(causes)).toEqual(new Set(Object.keys(everyCause)))
    const ends = goldens.map(({ execution }) => execution.status)
    expect(new Set(ends)).toEqual(new Set(['completed', 'failed', 'rolled-back', 'cancelled']))
    const timers = facts.flatMap((fact) => [
      ...('timers' in fact ? fact.timers : []),
      ...('retry' in fact && fact.retry !== undefined ? [fact.retry] : []),
    ])
    expect(new Set(timers.map(({ purpose }) => purpose.kind))).toEqual(
      new Set(Object.keys(everyTimer)),
    )
    const subjects = facts.flatMap((fact) =>
      fact.kind === 'incident-raised' ? [fact.incident.subject.kind] : [],
    )
    expect(new Set(subjects)).toEqual(new Set(Object.keys(everySubject)))
    const reasons = facts.flatMap((fact) => (fact.kind === 'event-ignored' ? [fact.reason] : []))
    expect(new Set(reasons)).toEqual(new Set(Object.keys(everyReason)))
  })

  test('are there for every story, and every one has its story', () => {
    expect(goldens.map(({ name }) => name)).toEqual(Object.keys(stories).toSorted())
  })
})

function readGolden(file: string): Golden {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8')
    .trimEnd()
    .split('\n')
  const facts: readonly Fact[] = lines.slice(0, -1).map((line) => JSON.parse(line))
  const { execution }: { execution: Execution } = JSON.parse(lines.at(-1) ?? '')
  return { name: file.replace('.jsonl', ''), facts, execution }
}

/** Complete by type: a new kind does not compile until it is here, and has its journal. */
const everyKind: Readonly<Record<FactKind, true>> = {
  started: true,
  entered: true,
  stayed: true,
  'event-applied': true,
  'event-kept': true,
  'event-released': true,
  'event-ignored': true,
  'message-rejected': true,
  'state-set': true,
  'command-issued': true,
  'command-accepted': true,
  'command-failed': true,
  'command-withdrawn': true,
  'command-resent': true,
  'compensation-remembered': true,
  'rollback-started': true,
  'compensation-started': true,
  'compensation-accepted': true,
  'compensation-failed': true,
  'compensation-completed': true,
  'compensation-skipped': true,
  failed: true,
  'incident-raised': true,
  'incident-resolved': true,
  paused: true,
  resumed: true,
  'timer-fired': true,
  finished: true,
}

const everyCause: Readonly<Record<Cause['kind'], true>> = {
  start: true,
  event: true,
  timer: true,
  condition: true,
  failure: true,
  rollback: true,
  operator: true,
}

const everyTimer: Readonly<Record<Timer['purpose']['kind'], true>> = {
  after: true,
  'compensation-deadline': true,
  'compensation-retry': true,
}

const everySubject: Readonly<Record<Incident['subject']['kind'], true>> = {
  command: true,
  compensation: true,
  node: true,
}

const everyReason: Readonly<Record<IgnoredReason, true>> = {
  unknown: true,
  early: true,
  late: true,
  guarded: true,
  finished: true,
  expired: true,
  overflow: true,
}
