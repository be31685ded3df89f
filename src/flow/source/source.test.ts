import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLocate } from './locate.ts'
import { readJson } from './read-json.ts'
import { readSource } from './read-source.ts'
import { readYaml } from './read-yaml.ts'
import type { SourceNode } from './source-node.ts'
import { sourceOffsets } from './string-offsets.ts'
import { TextPositions } from './text-positions.ts'
import { findDeepNesting } from './yaml-nesting.ts'

function plain(node: SourceNode | undefined): unknown {
  if (node === undefined || node.kind === 'scalar') return node?.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]))
}

describe('JSON', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        const { root, problems } = readJson(text)
        expect(problems).toEqual([])
        expect(plain(root)).toEqual(JSON.parse(text))
        expect(root?.span).toEqual({ start: 0, end: text.length })
      }),
    )
  })

  test('is refused where JSON.parse refuses it', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"\\u00e9"',
      '"\\x"',
      '1',
      '01',
      '-',
      '1.',
      '1E-5',
      'true',
      'tru',
      'null',
      ' ',
      '\n',
      '"',
      '\t',
      "'a'",
      '//',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (list) => {
        const text = list.join('')
        let value: unknown
        let fits = true
        try {
          value = JSON.parse(text)
        } catch {
          fits = false
        }
        const { root, problems } = readJson(text)
        const isSyntax = problems.some(({ code }) => code === 'JSON_SYNTAX')
        expect(isSyntax).toBe(!fits)
        const isRead = fits && problems.length === 0
        expect(isRead ? plain(root) : undefined).toEqual(isRead ? value : undefined)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('YAML', () => {
  test('reads every JSON text to the same values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify({ value }, null, 1)
        expect(plain(readYaml(text).root)).toEqual(plain(readJson(text).root))
      }),
    )
  })

  test('keeps words of other versions as texts', () => {
    const { root } = readYaml('on: yes\noff: no\ny: 0o7\n2: 012\ntrue: ~')
    expect(plain(root)).toEqual({ on: 'yes', off: 'no', y: 7, 2: 12, true: null })
  })

  test('resolves anchors, each use with the place of the anchor', () => {
    const { root, problems } = readYaml('a: &x { b: 1 }\nc: *x\n')
    expect(problems).toEqual([])
    expect(plain(root)).toEqual({ a: { b: 1 }, c: { b: 1 } })
  })
})

test.each([
  ['{"a": 1}', 'json'],
  [' {\n "a": 1}', 'json'],
  ['[1]', 'json'],
  ['{a: 1}', 'yaml'],
  ['a: 1', 'yaml'],
  ['', 'yaml'],
])('%j is taken for %s', (text, format) => {
  expect(readSource({ text }).format).toBe(format)
})

test('a file name decides before the text does', () => {
  expect(readSource({ text: '{"a": 1}', file: 'x.flow.yaml' }).format).toBe('yaml')
  expect(readSource({ text: 'a: 1', file: 'x.flow.JSON' }).format).toBe('json')
})

describe('places', () => {
  const text = 'a:\r\n  b: [x, "é"]\r\nc: { d: 1 }'
  const locate = createLocate(readYaml(text).root, new TextPositions(text))
  const at = (path: readonly (string | number)[], part?: 'key' | 'value'): string => {
    const { startOffset, endOffset } = locate(path, part)
    return text.slice(startOffset, endOffset)
  }

  test.each<readonly [readonly (string | number)[], 'key' | 'value', string]>([
    [['a', 'b'], 'key', 'b'],
    [['a', 'b'], 'value', '[x, "é"]'],
    [['a', 'b', 1], 'value', '"é"'],
    [['c', 'd'], 'value', '1'],
    [['c', 'd', 'e'], 'value', '1'],
    [['c', 'nothing'], 'key', 'c'],
    [['c', 'nothing'], 'value', '{ d: 1 }'],
  ])('%j %s', (path, part, found) => {
    expect(at(path, part)).toBe(found)
  })

  test('lines and columns count from 1, whatever ends the lines', () => {
    expect(locate(['c', 'd'], 'key')).toMatchObject({ line: 3, column: 6, endColumn: 7 })
  })
})

describe('places within texts', () => {
  const samples = [
    'a: plain ${ one }',
    "a: 'it''s ${ one } and ''${ two }'''",
    'a: "tab\\t${ one }\\u00e9\\U0001F600${ two }\\\n    ${ three }"',
    'a: |\n  first ${ one }\n    more ${ two }\n\n  ${ three }\n',
    'a: >-\n  first\n  ${ one }\n\n  ${ two } and\n  ${ three }',
    'a: first\n  ${ one }\n  ${ two }',
    '{"a": "x\\n\\"${ one }\\/${ two }"}',
  ]

  test.each(samples)('%j', (text) => {
    const { root } = readSource({ text })
    const entry = root?.kind === 'map' ? root.entries[0] : undefined
    const node = entry?.value
    const value = node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : ''
    const offsets = sourceOffsets(text, node?.span ?? { start: 0, end: 0 }, value)
    const words = [...value.matchAll(/one|two|three/g)]
    expect(words.length).toBeGreaterThan(0)
    for (const word of words) {
      const start = offsets[word.index] ?? 0
      expect(text.slice(start, start + word[0].length)).toBe(word[0])
    }
  })

  test('there is one place for each character and one for the end, in order', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const text = JSON.stringify(value)
        const offsets = sourceOffsets(text, { start: 0, end: text.length }, value)
        expect(offsets).toHaveLength(value.length + 1)
        expect(offsets).toEqual(offsets.toSorted((left, right) => left - right))
        expect(offsets.at(-1)).toBe(text.length - 1)
      }),
    )
  })
})

describe('deep nesting', () => {
  test.each([
    ['brackets', '['.repeat(65)],
    ['braces', 'a: '.padEnd(3 + 65, '{')],
    ['dashes', '- '.repeat(66)],
  ])('of %s is found', (_title, text) => {
    expect(findDeepNesting(text)).toBeDefined()
  })

  test.each([
    ['brackets in texts', `a: "${'['.repeat(200)}"\nb: |\n  ${'{'.repeat(200)}`],
    ['brackets that close', '[1],'.repeat(3).padStart(4, '[') + '[]'.repeat(0)],
    ['a long list', '- a\n'.repeat(300)],
    ['many keys', 'a: 1\n'.repeat(300)],
    ['many pairs on a line', `{${'a: 1, '.repeat(300)}}`],
  ])('is not found in %s', (_title, text) => {
    expect(findDeepNesting(text)).toBeUndefined()
  })
})
