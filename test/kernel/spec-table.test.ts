import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectations } from '../../src/kernel/decide/expectation.ts'

test('the table of SPEC.md is the table in code', () => {
  const specification = readFileSync('src/kernel/SPEC.md', 'utf8')
  const rows = specification
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const header = rows.find(([first]) => first === 'message') ?? []
  const statuses = header.slice(1)
  const written = Object.fromEntries(
    rows
      .filter(([first = '']) => Object.hasOwn(expectations, first) && rows.indexOf(header) >= 0)
      .filter((row) => row.length === header.length)
      .map(([message = '', ...cells]) => [
        message,
        Object.fromEntries(statuses.map((status, index) => [status, cells[index]])),
      ]),
  )
  expect(written).toEqual(expectations)
})
