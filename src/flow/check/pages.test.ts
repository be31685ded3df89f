import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FlowSource } from '../compilation.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { checkFlow } from '../index.ts'
import { diagnosticKinds } from './catalogue.ts'

const folder = new URL('../../../docs/diagnostics/', import.meta.url)

describe('pages of diagnostics', () => {
  test('every code has a page, and every page a code', () => {
    const pages = readdirSync(folder).filter((name) => name !== 'README.md')
    expect(pages.toSorted()).toEqual(
      Object.keys(diagnosticKinds)
        .map((code) => `${code}.md`)
        .toSorted(),
    )
  })

  describe.each(Object.keys(diagnosticKinds))('%s', (code) => {
    const page = readFileSync(new URL(`${code}.md`, folder), 'utf8')

    test('the bad sample gives this diagnostic, and no other', () => {
      const found = check(sampleOf(page, `bad ${code}`))
      expect(new Set(found.map((diagnostic) => diagnostic.code))).toEqual(new Set([code]))
    })

    test('the good sample gives none', () => {
      expect(check(sampleOf(page, 'good')).map(({ message }) => message)).toEqual([])
    })
  })
})

function check(source: FlowSource): readonly Diagnostic[] {
  return checkFlow(source, { channels: new Set(['shop']) }, { explore: true }).diagnostics
}

function sampleOf(page: string, label: string): FlowSource {
  const fence = new RegExp(`^\`\`\`(yaml|json) ${label}\\n([^]*?)^\`\`\`$`, 'm').exec(page)
  if (fence === null) throw new Error(`expected a sample '${label}', found none`)
  const [, format, text = ''] = fence
  return { text, format: format === 'json' ? 'json' : 'yaml' }
}
