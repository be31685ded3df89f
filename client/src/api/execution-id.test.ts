import { expect, test } from 'vitest'
import { newExecutionId } from './execution-id.ts'

test('is a UUID of version 7 that begins with the time', () => {
  const at = Date.UTC(2030, 0, 2, 3, 4, 5, 678)
  const id = newExecutionId(at)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at)
})

test('later ids sort behind earlier ones, and no two are the same', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => newExecutionId(1_700_000_000_000 + index))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(Array.from({ length: 1_000 }, () => newExecutionId(5))).size).toBe(1_000)
})
