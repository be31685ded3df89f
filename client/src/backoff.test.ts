import { expect, test } from 'vitest'
import { createBackoff, pause } from './backoff.ts'

test('waits double up to three seconds, at least half of each, and begin anew after a success', () => {
  const longest = createBackoff(() => 1)
  expect(Array.from({ length: 9 }, () => longest.nextMs())).toEqual([
    100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000, 3_000,
  ])
  longest.reset()
  expect(longest.nextMs()).toBe(100)
  const shortest = createBackoff(() => 0)
  expect([shortest.nextMs(), shortest.nextMs()]).toEqual([50, 100])
})

test('the wish of the server is the least', () => {
  expect(createBackoff(() => 1).nextMs(5_000)).toBe(5_000)
})

test('a pause ends when it is aborted', async () => {
  const ending = new AbortController()
  const paused = pause(3_600_000, ending.signal)
  ending.abort()
  await expect(paused).resolves.toBeUndefined()
  await expect(pause(3_600_000, AbortSignal.abort())).resolves.toBeUndefined()
})
