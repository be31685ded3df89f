import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { configurationSchema } from './schema.ts'
import { schemaOf, settings } from './settings.ts'

/** Every value that a file can set, dotted; maps and lists are one value. */
function leaves(schema: unknown, path: readonly string[] = []): readonly string[] {
  const properties =
    typeof schema === 'object' && schema !== null && 'properties' in schema
      ? schema.properties
      : undefined
  if (typeof properties !== 'object' || properties === null) return [path.join('.')]
  return Object.entries(properties).flatMap(([name, inner]) => leaves(inner, [...path, name]))
}

test('every key of the schema is a setting with a variable, and the other way round', () => {
  expect(settings.map(({ path }) => path.join('.')).toSorted()).toEqual(
    leaves(configurationSchema).toSorted(),
  )
  expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length)
  for (const setting of settings) expect(schemaOf(setting).default).toBeDefined()
})

test('the published schema is this one', async () => {
  await expect(`${JSON.stringify(configurationSchema, null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/signalbox.schema.json',
  )
})

test('the reference page names every key with its default, variable and flag', () => {
  const page = readFileSync(
    new URL('../../docs/reference/configuration.md', import.meta.url),
    'utf8',
  )
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const documented = rows.map((row) =>
    row.split('|').map((cell) => cell.trim().replaceAll('`', '')),
  )
  expect(
    documented.map(([, key, preset, variable, flag]) => [key, preset, variable, flag]),
  ).toEqual(
    settings.map((setting) => [
      setting.path.join('.'),
      JSON.stringify(schemaOf(setting).default).replaceAll('"', ''),
      setting.variable,
      setting.flag ?? '',
    ]),
  )
})
