import { expect, test } from 'vitest'
import { commandOf } from '../contract/builders.ts'
import type { QueueItem } from './queue-item.ts'
import { createReadyList } from './ready-list.ts'

test('what is withdrawn where no worker comes does not pile up', () => {
  const list = createReadyList()
  const kept = itemOf(0)
  list.add(kept)
  let length = 0
  for (let n = 1; n <= 10_000; n += 1) {
    const item = itemOf(n)
    list.add(item)
    item.state = 'gone'
    list.discard(item)
    length = Math.max(length, list.length())
  }
  expect(length).toBeLessThan(1_000)
  expect(list.take(undefined)).toBe(kept)
  expect(list.take(undefined)).toBeUndefined()
  expect(list.length()).toBe(0)
})

test('what is left keeps its order when the list is cleared', () => {
  const list = createReadyList()
  const items = Array.from({ length: 2_000 }, (_, n) => itemOf(n))
  for (const item of items) list.add(item)
  for (const item of items) {
    if (item.command.sequence % 7 === 0) continue
    item.state = 'gone'
    list.discard(item)
  }
  const front = itemOf(-1)
  list.addFirst(front)
  const taken: number[] = []
  for (let item = list.take(undefined); item !== undefined; item = list.take(undefined)) {
    taken.push(item.command.sequence)
  }
  expect(taken).toEqual([-1, ...Array.from({ length: 286 }, (_, n) => n * 7)])
})

function itemOf(n: number): QueueItem {
  return { command: commandOf('one', n), state: 'ready', leases: 0 }
}
