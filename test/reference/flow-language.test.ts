import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { diagnosticKinds } from '../../src/flow/check/catalogue.ts'
import { checkFlow } from '../../src/flow/index.ts'
import { sagaKeys } from '../../src/flow/language/read-saga.ts'
import { stateKeys } from '../../src/flow/language/read-state.ts'
import { samplesOf } from './fences.ts'

const samples = samplesOf('flow-language.md')
const page = readFileSync(new URL('../../docs/reference/flow-language.md', import.meta.url), 'utf8')

const states = {
  plain: 'states:\n  Start: { on: { Go: Done }, after: { 1h: Failed } }\n',
  finals: '  Done: { final: success }\n  Failed: { final: failure }\n',
}

/** Makes a whole saga of a sample that shows a part of one. */
function sagaOf(kind: string, text: string): string {
  const head = 'saga: sample\nchannel: shop\n'
  if (kind === 'yaml top') return `${head}${text}${states.plain}${states.finals}`
  if (kind === 'yaml state')
    return `${head}states:\n${text.replaceAll(/^/gm, '  ')}\n${states.finals}`
  return text
}

describe('the reference of the flow language', () => {
  const flows = samples.filter(({ kind }) => /^yaml (flow|top|state)$/.test(kind))

  test('has samples of every sort', () => {
    expect(new Set(flows.map(({ kind }) => kind)).size).toBe(3)
  })

  test.each(flows)('the sample in line $line compiles', ({ kind, text }) => {
    const { flow, diagnostics } = checkFlow({ text: sagaOf(kind, text) })
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(flow).toBeDefined()
  })

  test('the whole saga has nothing to complain of, whatever happens to it', () => {
    const [whole] = flows
    expect(checkFlow({ text: whole?.text ?? '' }, {}, { explore: true }).diagnostics).toEqual([])
  })

  test.each([...sagaKeys, ...stateKeys])('explains `%s`', (key) => {
    expect(page).toMatch(new RegExp(`^\\| .*\`${key}\``, 'm'))
  })

  test('names only codes that exist', () => {
    const codes = [...page.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code ?? '')
    const answers = new Set(['INPUT_INVALID', 'EVENT_UNEXPECTED', 'EVENT_INVALID'])
    expect(codes.filter((code) => !(code in diagnosticKinds) && !answers.has(code))).toEqual([])
  })
})
