import { expect, test } from 'vitest'
import { createNameContest } from './name-contest.ts'

test('a name is contested while new ids are given again and again', () => {
  let now = 0
  const contest = createNameContest(() => now)
  contest.joined('a')
  contest.joined('a')
  expect(contest.isGoingOn(), 'the group was divided anew').toBe(false)
  now = 10_000
  contest.joined('b')
  expect(contest.isGoingOn(), 'a replica that was halted').toBe(false)
  now = 12_000
  contest.joined('c')
  expect(contest.isGoingOn()).toBe(true)
  now = 39_999
  expect(contest.isGoingOn()).toBe(true)
  now = 40_000
  expect(contest.isGoingOn(), 'the other one is gone').toBe(false)
  contest.joined('d')
  expect(contest.isGoingOn(), 'twelve seconds ago, and now').toBe(true)
})
