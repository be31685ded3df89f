import { expect, test } from 'vitest'
import { type BatchHead, committedOf } from './committed-records.ts'

const transactional = 0x10
const marker = 0x30

function batch(firstOffset: number, attributes: number, producer: number, count = 1): BatchHead {
  return {
    firstOffset: BigInt(firstOffset),
    lastOffsetDelta: count - 1,
    attributes,
    producerId: BigInt(producer),
  }
}

function abortedAt(firstOffset: number, producer: number) {
  return { firstOffset: BigInt(firstOffset), producerId: BigInt(producer) }
}

function offsetsOf(batches: readonly BatchHead[]): readonly number[] {
  return batches.map(({ firstOffset }) => Number(firstOffset))
}

test('without transactions everything counts', () => {
  expect(offsetsOf(committedOf([batch(0, 0, -1, 5), batch(5, 0, -1)], null))).toEqual([0, 5])
})

test('each of two transactions that one producer has aborted is left out, and what it commits is not', () => {
  const batches = [
    batch(0, transactional, 7),
    batch(1, marker, 7),
    batch(2, transactional, 7),
    batch(3, marker, 7),
    batch(4, transactional, 7),
    batch(5, marker, 7),
  ]
  const aborted = [abortedAt(4, 7), abortedAt(0, 7)]
  expect(offsetsOf(committedOf(batches, aborted))).toEqual([2])
})

test('what was aborted is left out although the marker comes in the next answer', () => {
  const batches = [batch(0, transactional, 7, 3), batch(3, transactional, 8), batch(4, 0, -1)]
  expect(offsetsOf(committedOf(batches, [abortedAt(0, 7)]))).toEqual([3, 4])
})

test('an answer that begins in the middle of an aborted transaction is read rightly', () => {
  const batches = [batch(6, transactional, 7), batch(7, marker, 7), batch(8, transactional, 7)]
  expect(offsetsOf(committedOf(batches, [abortedAt(2, 7)]))).toEqual([8])
})
