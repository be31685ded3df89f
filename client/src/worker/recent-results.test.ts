import { expect, test } from 'vitest'
import { createRecentResults } from './recent-results.ts'

test('the oldest is forgotten first', () => {
  const recent = createRecentResults(2)
  const finished = (id: string) => ({ id, attempt: 1, failed: false, json: id })
  for (const id of ['a', 'b', 'a', 'c']) recent.add(finished(id))
  expect(recent.get('a')?.json).toBe('a')
  expect(recent.get('b')).toBeUndefined()
  expect(recent.get('c')?.json).toBe('c')
})
