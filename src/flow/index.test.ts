import { describe, expect, test } from 'vitest'
import type { DiagnosticCode } from './check/catalogue.ts'
import { compileFlow } from './index.ts'

const saga = (lines: string): string =>
  `saga: s\nchannel: c\nstates:\n${lines}  Done: { final: success }\n`
/** A saga whose one transition has this guard; the guard begins in line 6, column 23. */
const guarded = (guard: string): string =>
  [
    'saga: s',
    'input: { properties: { amount: { type: number }, name: { type: string } } }',
    'states:',
    '  A:',
    '    on:',
    `      E: { to: Done, if: ${guard} }`,
    '    after: { 1h: Done }',
    '  Done: { final: success }',
    '',
  ].join('\n')

type Expectation = readonly [DiagnosticCode, string, string, string]

/** Title, text, the first finding as `CODE line:column-endLine:endColumn`, a word of its message. */
const table: readonly (readonly [string, string, string, string])[] = [
  ['an empty text', '', 'PROPERTY_MISSING 1:1-1:1', 'empty text'],
  ['a scalar', 'hello', 'VALUE_INVALID 1:1-1:6', 'hello'],
  ['bad YAML', 'saga: s\n\tstates: 1', 'YAML_SYNTAX 2:1-2:2', 'a tab'],
  [
    'two documents',
    'saga: s\nstates: {A: {final: success}}\n---\nsaga: t',
    'YAML_SYNTAX 3:1-4:8',
    'second',
  ],
  ['a tag', 'saga: !x s\nstates: {A: {final: success}}', 'YAML_SYNTAX 1:7-1:9', '!x'],
  [
    'an alias to nowhere',
    'saga: s\ntitle: *t\nstates: {A: {final: success}}',
    'YAML_SYNTAX 2:8-2:10',
    '&t',
  ],
  ['bad JSON', '{"saga": "s",\n "states": }', 'JSON_SYNTAX 2:12-2:13', '`}`'],
  ['JSON with a comma too many', '{"saga": "s",}', 'JSON_SYNTAX 1:14-1:15', 'double quotes'],
  ['a process', 'process: p\nsteps: []', 'KIND_UNSUPPORTED 1:1-1:8', 'process'],
  [
    'an event twice',
    saga('  A:\n    on:\n      E: Done\n      E: A\n'),
    'DUPLICATE_KEY 7:7-7:8',
    '`E`',
  ],
  [
    'a JSON key twice',
    '{"saga": "s", "saga": "t", "states": {"A": {"final": "success"}}}',
    'DUPLICATE_KEY 1:15-1:21',
    '`saga`',
  ],
  [
    'an unknown attribute',
    'saga: s\nchanel: c\nstates: {A: {final: success}}',
    'PROPERTY_UNKNOWN 2:1-2:7',
    '`channel`',
  ],
  ['no states', 'saga: s', 'PROPERTY_MISSING 1:1-1:5', '`states:`'],
  [
    'a wrong type',
    'saga: s\nunique: maybe\nstates: {A: {final: success}}',
    'VALUE_INVALID 2:9-2:14',
    '`maybe`',
  ],
  [
    'unique without a key',
    'saga: s\nunique: true\nstates: {A: {final: success}}',
    'PROPERTY_MISSING 2:9-2:13',
    '`key`',
  ],
  [
    'a number as name',
    'saga: 7\nstates: {A: {final: success}}',
    'NAME_INTEGER_LIKE 1:7-1:8',
    '`7`',
  ],
  [
    'a state like a number',
    saga('  "42": { final: success }\n'),
    'NAME_INTEGER_LIKE 4:3-4:7',
    '`42`',
  ],
  [
    'a dangerous name',
    saga('  __proto__: { final: success }\n'),
    'NAME_INVALID 4:3-4:12',
    '__proto__',
  ],
  [
    'a name with a blank',
    saga('  A: { on: { "a b": Done } }\n'),
    'NAME_INVALID 4:14-4:19',
    '`a b`',
  ],
  [
    'a long name',
    `saga: ${'a'.repeat(201)}\nstates: {A: {final: success}}`,
    'NAME_INVALID 1:7-1:208',
    '201',
  ],
  ['an unknown target', saga('  A: { on: { E: Dnoe } }\n'), 'TARGET_UNKNOWN 4:17-4:21', '`Done`'],
  [
    'an unknown target of a rollback',
    saga('  A: { on: { E: { rollback: X } } }\n'),
    'TARGET_UNKNOWN 4:29-4:30',
    '`X`',
  ],
  [
    'an unknown target of a failure',
    'saga: s\nonFailure: { fail: X }\nstates: {A: {final: success}}',
    'TARGET_UNKNOWN 2:20-2:21',
    '`X`',
  ],
  [
    'no channel',
    'saga: s\nstates:\n  A: { send: C, on: { E: B }, after: { 1h: B } }\n  B: { final: success }',
    'CHANNEL_MISSING 3:14-3:15',
    'channel',
  ],
  [
    'an unknown stage',
    'saga: s\nstages: { open: Open }\nstates: {A: {final: success, stage: opne}}',
    'STAGE_UNKNOWN 3:37-3:41',
    '`open`',
  ],
  [
    'an unknown milestone',
    'saga: s\nmilestones: [Paid]\nstates: { A: { on: { E: { to: B, as: Piad } } }, B: { final: success } }',
    'VALUE_INVALID 3:38-3:42',
    '`Paid`',
  ],
  [
    'a duration without a unit',
    saga('  A: { after: { 30: Done } }\n'),
    'VALUE_INVALID 4:17-4:19',
    '`30s`',
  ],
  [
    'a duration of nothing',
    saga('  A: { after: { 0s: Done } }\n'),
    'VALUE_INVALID 4:17-4:19',
    'longer than nothing',
  ],
  [
    'a duration of a lifetime',
    saga('  A: { after: { 36500d: Done } }\n'),
    'LIMIT_EXCEEDED 4:17-4:23',
    'ten years',
  ],
  [
    'two ways at once',
    saga('  A: { on: { E: { to: Done, stay: true } } }\n'),
    'VALUE_INVALID 4:14-4:15',
    '`to` and `stay`',
  ],
  [
    'two first states',
    saga('  A: { first: true, after: { 1h: B } }\n  B: { first: true, final: success }\n'),
    'VALUE_INVALID 5:15-5:19',
    'first: true',
  ],
  [
    'a schema that is none',
    'saga: s\ninput: { type: objekt }\nstates: {A: {final: success}}',
    'VALUE_INVALID 2:1-2:6',
    'JSON Schema',
  ],
  [
    'an initial state with an expression',
    'saga: s\nstate: { a: "${ now() }" }\nstates: {A: {final: success}}',
    'VALUE_INVALID 2:1-2:6',
    '`set`',
  ],
  ['deep nesting', `saga: s\nstate: ${'['.repeat(100)}`, 'LIMIT_EXCEEDED 2:72-2:73', '64'],
  [
    'a text that is too long',
    `saga: s # ${'x'.repeat(1_000_001)}`,
    'LIMIT_EXCEEDED 1:1-1:1',
    '1000000 bytes',
  ],
  [
    'an expression without an end',
    guarded('state.amount >'),
    'EXPRESSION_SYNTAX 6:39-6:40',
    'the end',
  ],
  ['a wrong character', guarded('state.amount @ 1'), 'EXPRESSION_SYNTAX 6:39-6:40', '`@`'],
  ['= for ==', guarded('state.amount = 1'), 'EXPRESSION_SYNTAX 6:39-6:40', '`==`'],
  ['a missing brace', guarded('"${ state.amount > 1"'), 'EXPRESSION_SYNTAX 6:27-6:46', '`}`'],
  ['an unknown name', guarded('stat.amount > 1'), 'EXPRESSION_NAME_UNKNOWN 6:26-6:30', '`state`'],
  [
    'an unknown name within braces',
    guarded('"${ stat.amount > 1 }"'),
    'EXPRESSION_NAME_UNKNOWN 6:30-6:34',
    '`state`',
  ],
  [
    'an unknown name after an escape',
    guarded('"\\u0020${ stat.amount > 1 }"'),
    'EXPRESSION_NAME_UNKNOWN 6:36-6:40',
    '`state`',
  ],
  [
    'an unknown function',
    guarded('uper(state.name) == "A"'),
    'EXPRESSION_NAME_UNKNOWN 6:26-6:30',
    '`upper`',
  ],
  [
    'an unknown method',
    guarded('state.name.trimm() == "A"'),
    'EXPRESSION_NAME_UNKNOWN 6:37-6:42',
    '`trim`',
  ],
  [
    'an undeclared field that looks declared',
    guarded('state.amout > 1'),
    'EXPRESSION_NAME_UNKNOWN 6:32-6:37',
    '`amount`',
  ],
  ['a condition that is a number', guarded('state.amount'), 'EXPRESSION_TYPE 6:26-6:38', 'number'],
  [
    'a number compared with a text',
    guarded("state.amount > 'a'"),
    'EXPRESSION_TYPE 6:26-6:44',
    'number > string',
  ],
  [
    'a number equal to a text',
    guarded("state.amount == 'a'"),
    'EXPRESSION_TYPE 6:26-6:45',
    'number == string',
  ],
  [
    'a wrong argument',
    guarded('size(upper(state.amount)) > 1'),
    'EXPRESSION_TYPE 6:37-6:49',
    'argument 1',
  ],
  [
    'an argument too many',
    guarded(`'upper(state.name, 1) == "A"'`),
    'EXPRESSION_TYPE 6:27-6:47',
    '1 argument',
  ],
  [
    'a literal that fails',
    guarded('now() > timestamp("tomorrow")'),
    'EXPRESSION_TYPE 6:34-6:55',
    'a date of ISO 8601',
  ],
  [
    'a pattern that is none',
    guarded('state.name.matches("(")'),
    'EXPRESSION_TYPE 6:45-6:48',
    'pattern',
  ],
  [
    'a whole number beyond JSON',
    guarded('state.amount == 9007199254740993'),
    'EXPRESSION_TYPE 6:42-6:58',
    '2^53',
  ],
  [
    'an event where there is none',
    saga('  A: { set: { x: "${ event.data }" }, after: { 1h: Done } }\n'),
    'EXPRESSION_NAME_UNKNOWN 4:22-4:27',
    '`on`',
  ],
  [
    'the state in the key',
    'saga: s\nkey: state.id\nstates: {A: {final: success}}',
    'EXPRESSION_NAME_UNKNOWN 2:6-2:11',
    'before there is a state',
  ],
  [
    'a key that is a list',
    'saga: s\nkey: "[1]"\nstates: {A: {final: success}}',
    'EXPRESSION_TYPE 2:6-2:11',
    'list',
  ],
  [
    'a field of a closed input',
    'saga: s\ninput: { additionalProperties: false, properties: { id: {} } }\nkey: input.di\nstates: {A: {final: success}}',
    'EXPRESSION_NAME_UNKNOWN 3:12-3:14',
    '`id`',
  ],
]

function first(text: string): { readonly place: string; readonly message: string } {
  const [diagnostic] = compileFlow({ text }).diagnostics
  if (diagnostic === undefined) return { place: 'nothing', message: '' }
  const { line, column, endLine, endColumn } = diagnostic.range
  return {
    place: `${diagnostic.code} ${line}:${column}-${endLine}:${endColumn}`,
    message: diagnostic.message,
  }
}

describe('what is wrong is found at its place', () => {
  test.each(table)('%s', (_title, text, place, word) => {
    const found = first(text)
    expect(found.place).toBe(place)
    expect(found.message).toContain(word)
    expect(found.message).toMatch(/^[A-Z].*[.?`]$/s)
  })

  test('an expression in a block text', () => {
    const text = saga(
      '  A:\n    send:\n      command: C\n      data:\n        text: |\n          Dear customer,\n            you owe ${ state.amount + nothing } for ${ stat.n }.\n    on: { E: Done }\n    after: { 1h: Done }\n',
    )
    const places = compileFlow({ text }).diagnostics.map(({ range }) =>
      text.slice(range.startOffset, range.endOffset),
    )
    expect(places).toEqual(expect.arrayContaining(['nothing', 'stat']))
  })

  test('a channel that no configuration knows is named once, as a warning', () => {
    const text =
      'saga: s\nchannel: shp\nstates:\n  A: { send: { command: C, channel: shp }, on: { E: B }, after: { 1h: B } }\n  B: { final: success }\n'
    const { diagnostics, flow } = compileFlow({ text }, { channels: new Set(['shop']) })
    const found = diagnostics.filter(({ code }) => code === 'CHANNEL_UNKNOWN')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ severity: 'warning', range: { line: 2, column: 10 } })
    expect(flow).toBeDefined()
  })
})

describe('fixes', () => {
  const repairable = table.filter(
    ([, text]) => compileFlow({ text }).diagnostics[0]?.fix !== undefined,
  )

  test('are there for the usual slips', () => {
    expect(repairable.length).toBeGreaterThan(10)
  })

  test.each(repairable)('%s: applying the fix repairs it', (_title, text, place) => {
    const fix = compileFlow({ text }).diagnostics[0]?.fix
    let repaired = text
    for (const edit of fix?.edits.toReversed() ?? []) {
      repaired = repaired.slice(0, edit.startOffset) + edit.newText + repaired.slice(edit.endOffset)
    }
    expect(first(repaired).place).not.toBe(place)
    expect(compileFlow({ text: repaired }).flow).toBeDefined()
  })
})

describe('hostile texts', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefghij'].map(
      (name, index) =>
        `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefghij'[index]}`).join(',')}]`,
    ),
  ].join('\n')

  test.each<Expectation>([
    ['LIMIT_EXCEEDED', 'aliases that multiply', bomb, ''],
    ['LIMIT_EXCEEDED', 'an alias to itself', 'a: &a [*a]', ''],
    ['LIMIT_EXCEEDED', 'a megabyte of brackets', '['.repeat(999_999), ''],
    ['LIMIT_EXCEEDED', 'a megabyte of braces', '{a: '.repeat(249_000), ''],
    ['LIMIT_EXCEEDED', 'a megabyte of dashes', '- '.repeat(499_000), ''],
    ['LIMIT_EXCEEDED', 'a megabyte of question marks', '? '.repeat(499_000), ''],
    ['LIMIT_EXCEEDED', 'a megabyte of objects in JSON', '{"a":'.repeat(199_000), ''],
  ])('%s: %s', (code, _title, text) => {
    expect(compileFlow({ text }).diagnostics.map((diagnostic) => diagnostic.code)).toContain(code)
  })

  test('too many states', () => {
    const states = Array.from({ length: 1001 }, (_, index) => `  S${index}: { final: success }\n`)
    expect(first(saga(states.join(''))).place).toMatch(/^LIMIT_EXCEEDED/)
  })
})
