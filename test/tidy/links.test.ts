import { describe, expect, test } from 'vitest'

import { findBrokenLinks } from './links.ts'
import { readRepository } from './repository.ts'

const document = (path: string, text: string) => ({ path, text })

describe('links in documents', () => {
  test('every relative link leads somewhere', () => {
    expect(findBrokenLinks(readRepository())).toEqual([])
  })

  test.each(['[x](nowhere.md)', '[x](b.md#nowhere)', '![x](../outside.png)', '[x](#nowhere)'])(
    'catches %s',
    (link) => {
      const files = [document('docs/a.md', link), document('docs/b.md', '# Here')]
      expect(findBrokenLinks(files)).toHaveLength(1)
    },
  )

  test('follows files, headings and folders, and leaves code and the web alone', () => {
    const text = '[x](b.md) [x](b.md#here-it-is) [x](../src) [x](https://example.org) `[x](y)`'
    const files = [document('docs/a.md', text), document('docs/b.md', '## Here it is!')]
    expect(findBrokenLinks(files)).toEqual([])
  })
})
