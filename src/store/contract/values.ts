import { expect } from 'vitest'
import type { Execution } from '../../kernel/model/execution.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import { commitAll, listIds, readOne, readWholeOutbox } from './access.ts'
import { commandOf, executionOf, factsOf, startAt, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'

/** Names that have broken programs before: quotes, wildcards, separators, other scripts, emoji. */
export const oddNames: readonly string[] = [
  "o'brien",
  'a"b',
  'back\\slash',
  '%',
  '_',
  '100%_sure',
  'a:b:1',
  'new\nline',
  'tab\tand\u0000null',
  'Ünïcödé',
  '注文',
  '👩‍👩‍👧',
  '__proto__',
  'constructor',
  "'; DROP TABLE executions; --",
  ' leading and trailing ',
  'x'.repeat(200),
]

/** Data that a careless writer bends: empty things, big numbers, odd names, deep nesting. */
const oddData: JsonObject = {
  nothing: null,
  emptyText: '',
  emptyList: [],
  emptyObject: {},
  zero: 0,
  negative: -1.5e-7,
  largest: Number.MAX_SAFE_INTEGER,
  flag: false,
  loneSurrogate: '\ud800',
  nested: [[[{ deep: [1, [2, { three: 3 }]] }]]],
  names: Object.fromEntries(oddNames.map((name, index) => [name, index])),
}

export function valuePromises(promised: Promised): void {
  promised('an execution is read as it was written, field by field', async ({ store }) => {
    const full = fullExecution()
    await commitAll(store, startOf(full))
    expect(await readOne(store, 'full')).toStrictEqual(full)
    const [listed] = (await store.listExecutions({ filter: {}, sort: 'startedAt', limit: 1 })).items
    expect(listed).toStrictEqual(full)
  })

  promised('fields that go away are absent afterwards', async ({ store }) => {
    await commitAll(store, startOf(fullExecution()))
    const { input, key = '' } = fullExecution()
    const bare = executionOf('full', { revision: 3, input, key, state: {} })
    await commitAll(store, writeOf(bare))
    expect(await readOne(store, 'full')).toStrictEqual(bare)
    expect(await listIds(store, { stage: 'open' })).toEqual([])
    expect(await listIds(store, { incident: true })).toEqual([])
  })

  promised('an undefined value is as good as an absent one', async ({ store }) => {
    const state: JsonObject = { kept: 1, gone: undefined }
    await commitAll(store, startOf(executionOf('one', { state })))
    expect((await readOne(store, 'one'))?.state).toStrictEqual({ kept: 1 })
  })

  promised('the input is kept whether or not the first fact carries it', async ({ store }) => {
    const input = { a: { b: [1, 2] } }
    const withFact = executionOf('with', { input })
    const equal = executionOf('equal', { input })
    const other = executionOf('other', { input })
    const without = executionOf('without', { input, revision: 1 })
    await commitAll(
      store,
      startOf(withFact),
      startOf(equal, { facts: factsOf({ ...equal, input: { a: { b: [1, 2] } } }, 1) }),
      startOf(other, { facts: factsOf({ ...other, input: { c: 3 } }, 1) }),
      startOf(without, { facts: [{ kind: 'timer-fired', at: startAt, id: 'x' }] }),
    )
    for (const id of ['with', 'equal', 'other', 'without']) {
      expect((await readOne(store, id))?.input).toStrictEqual(input)
    }
  })

  promised('what was committed does not change with the object given', async ({ store }) => {
    const state: Record<string, Json> = { n: 1 }
    await commitAll(store, startOf(executionOf('one', { state })))
    state['n'] = 2
    expect((await readOne(store, 'one'))?.state).toStrictEqual({ n: 1 })
  })

  promised('odd names and odd data survive everywhere', async ({ store }) => {
    const writes = oddNames.map((name) =>
      startOf(
        executionOf(name, { flow: name, node: name, stage: name, key: name, state: oddData }),
        {
          uniqueKey: name,
          inbox: [{ messageId: name, answer: { name } }],
          outbox: { put: [commandOf(name, 1, { channel: name, command: name, data: oddData })] },
        },
      ),
    )
    await commitAll(store, ...writes)
    for (const [index, name] of oddNames.entries()) {
      expect(await readOne(store, name)).toStrictEqual(writes[index]?.execution)
      expect(await store.findByKey(name, name)).toBe(name)
      expect(await store.readInbox([{ executionId: name, messageId: name }])).toEqual([{ name }])
      expect((await readWholeOutbox(store, name)).map(({ data }) => data)).toStrictEqual([oddData])
      expect(await store.readOutboxCommands([`${name}:1`])).toHaveLength(1)
      expect((await store.readJournal(name, { after: 0, limit: 9 })).facts).toHaveLength(2)
      expect(await store.nodeCounts(name)).toEqual(new Map([[name, 1]]))
      for (const filter of [{ flow: name }, { node: name }, { stage: name }, { key: name }]) {
        expect(await listIds(store, filter)).toEqual([name])
      }
    }
    expect(await store.outboxChannels()).toHaveLength(oddNames.length)
  })

  promised('names are told apart by case and by spaces', async ({ store }) => {
    const names = ['a', 'A', 'a ', ' a', 'á', 'a\u0301']
    await commitAll(store, ...names.map((id) => startOf(executionOf(id, { key: id }))))
    for (const name of names) {
      expect(await store.findByKey('order', name)).toBe(name)
      expect((await readOne(store, name))?.id).toBe(name)
    }
  })

  promised('large payloads come back whole', async ({ store }) => {
    const large = {
      text: 'ä"\n'.repeat(400_000),
      list: Array.from({ length: 50_000 }, (_, n) => n),
    }
    const execution = executionOf('large', { input: large, state: large })
    await commitAll(
      store,
      startOf(execution, { outbox: { put: [commandOf('large', 1, { data: large })] } }),
    )
    expect(await readOne(store, 'large')).toStrictEqual(execution)
    expect((await store.readOutboxCommands(['large:1']))[0]?.data).toStrictEqual(large)
    const after = executionOf('large', { input: large, state: {}, revision: 3 })
    await commitAll(store, writeOf(after, { outbox: { remove: ['large:1'] } }))
    expect(await readOne(store, 'large')).toStrictEqual(after)
  })
}

/** An execution that has every field. */
function fullExecution(): Execution {
  return executionOf('full', {
    key: 'key',
    stage: 'open',
    status: 'paused',
    output: { total: 3 },
    outcome: { code: 'CODE', message: 'because' },
    finishedAt: startAt + 4,
    pending: [
      {
        id: 'full:1',
        channel: 'shop',
        command: 'C',
        purpose: 'undo',
        node: 'A',
        attempt: 3,
        exhausted: true,
      },
    ],
    timers: [{ id: 't', at: startAt + 1, purpose: { kind: 'after', index: 0 } }],
    compensations: [{ id: 'c', node: 'A', outcome: 'done', data: null, status: 'remembered' }],
    rollback: { target: 'X', cause: { kind: 'rollback' }, current: { id: 'c', attempt: 2 } },
    rolledBack: true,
    kept: [{ messageId: 'm', event: 'E', data: [1], expiresAt: 5 }],
    incident: {
      code: 'I',
      message: 'stuck',
      at: startAt,
      node: 'A',
      subject: { kind: 'node' },
    },
    pausedFrom: 'compensating',
    notes: 2,
  })
}
