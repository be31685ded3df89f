import { describe, expect, test } from 'vitest'

import { errorKinds } from '../../src/errors/catalogue.ts'
import { diagnosticKinds } from '../../src/flow/check/catalogue.ts'
import { findPageFaults, findUntestedCodes } from './pages.ts'
import { isTestOnly, readRepository } from './repository.ts'

const files = readRepository()

const errorPages = {
  folder: 'docs/errors/',
  codes: Object.keys(errorKinds),
  headings: ['What happened', 'Why', 'What to do'],
  wordsMin: 40,
  wordsMax: 160,
}

const diagnosticPages = {
  folder: 'docs/diagnostics/',
  codes: Object.keys(diagnosticKinds),
  headings: ['What it says', 'Why it matters', 'How to fix it'],
  wordsMin: 30,
  wordsMax: 400,
}

describe('pages', () => {
  test('every error code has its page, and every page its code', () => {
    expect(findPageFaults(errorPages, files)).toEqual([])
  })

  test('every diagnostic code has its page, and every page its code', () => {
    expect(findPageFaults(diagnosticPages, files)).toEqual([])
  })

  test('every diagnostic code is provoked by the sample on its page, or by a test', () => {
    // src/flow/check/pages.test.ts runs the samples.
    const samples = files
      .filter(({ path }) => path.startsWith(diagnosticPages.folder))
      .map(({ path, text }) => ({
        path,
        text: text.match(/^```(?:yaml|json) bad .+$/gm)?.join() ?? '',
      }))
    const tests = files.filter((file) => isTestOnly(file) && !file.path.startsWith('test/tidy/'))
    expect(findUntestedCodes(diagnosticPages.codes, [...samples, ...tests])).toEqual([])
  })
})

describe('faults of pages are caught', () => {
  const rules = { folder: 'docs/x/', codes: ['A'], headings: ['Why'], wordsMin: 3, wordsMax: 5 }
  const page = (text: string, name = 'A') => ({ path: `docs/x/${name}.md`, text })

  test('a good page has none', () => {
    expect(findPageFaults(rules, [page('# A\n\n## Why\n\nFor reasons.\n')])).toEqual([])
  })

  test.each([
    ['a code without a page', []],
    ['a page without a code', [page('# A\n## Why\nBecause.\n'), page('# B\n', 'B')]],
    ['a wrong title', [page('# B\n## Why\nBecause.\n')]],
    ['a missing heading', [page('# A\nBecause of this.\n')]],
    ['too few words', [page('# A\n## Why\n')]],
    ['too many words', [page('# A\n## Why\none two three four five six\n')]],
  ] as const)('%s', (_fault, pages) => {
    expect(findPageFaults(rules, pages)).toHaveLength(1)
  })

  test('a code without a test', () => {
    expect(findUntestedCodes(['A'], [])).toHaveLength(1)
  })
})
