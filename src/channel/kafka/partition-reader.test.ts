import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createPartitionReader,
  type PartitionReader,
  type PlacedRecord,
} from './partition-reader.ts'

const place = { source: 'shop:events/0', topic: 'events', partition: 0 }

function recordsAt(...positions: readonly number[]): readonly PlacedRecord[] {
  return positions.map((position) => ({ position, key: null, value: null, headers: [] }))
}

function positionsOf(records: readonly PlacedRecord[]): readonly number[] {
  return records.map(({ position }) => position)
}

describe('a reader of a partition', () => {
  test('begins behind what is settled', () => {
    const reader = createPartitionReader(place, 7, 10)
    expect(reader.next()).toBe(7)
    expect(reader.settledUpTo()).toBe(6)
    expect(reader.wantsMore()).toBe(true)
  })

  test('holds so many bytes, and lets a larger one through alone', () => {
    const reader = createPartitionReader(place, 0, 100, 1_000)
    const sized = (position: number, bytes: number): PlacedRecord => ({
      position,
      key: null,
      value: Buffer.alloc(bytes),
      headers: [],
    })
    reader.add([sized(0, 600), sized(1, 400), sized(2, 5_000), sized(3, 1)], 4)
    expect(reader.wantsMore()).toBe(false)
    expect(positionsOf(reader.take(9))).toEqual([0, 1])
    expect(reader.take(9)).toEqual([])
    reader.settle(1)
    expect(reader.take(9), 'larger than what is left').toEqual([])
    reader.settle(0)
    expect(positionsOf(reader.take(9))).toEqual([2])
    expect(reader.take(9)).toEqual([])
    expect(reader.wantsMore(), 'little is ahead').toBe(true)
    reader.settle(2)
    expect(positionsOf(reader.take(9))).toEqual([3])
    reader.settle(3)
    expect(reader.settledUpTo()).toBe(3)
  })

  test('hands out in order, and wants more when little is left', () => {
    const reader = createPartitionReader(place, 0, 4)
    reader.add(recordsAt(0, 1, 2, 3, 4, 5), 6)
    expect(reader.wantsMore()).toBe(false)
    expect(positionsOf(reader.take(3))).toEqual([0, 1, 2])
    expect(positionsOf(reader.take(3))).toEqual([3])
    expect(reader.take(3), 'as many as allowed are in hand').toEqual([])
    reader.settle(0)
    expect(positionsOf(reader.take(9))).toEqual([4])
    expect(reader.wantsMore()).toBe(true)
    reader.add(recordsAt(6), 7)
    for (const position of [1, 2, 3, 4]) reader.settle(position)
    expect(positionsOf(reader.take(9))).toEqual([5, 6])
    expect(reader.wantsMore(), 'with all handed out').toBe(true)
  })

  test('is settled up to the first record that is not', () => {
    const reader = createPartitionReader(place, 0, 10)
    reader.add(recordsAt(0, 1, 2), 3)
    reader.take(10)
    reader.settle(2)
    reader.settle(1)
    expect(reader.settledUpTo()).toBe(-1)
    reader.settle(0)
    expect(reader.settledUpTo()).toBe(2)
  })

  test('is settled over places without records, such as markers and what compaction took', () => {
    const reader = createPartitionReader(place, 0, 10)
    reader.add(recordsAt(4, 9), 12)
    reader.take(1)
    expect(reader.settledUpTo()).toBe(3)
    reader.settle(4)
    expect(reader.settledUpTo(), 'up to the next that is fetched').toBe(8)
    reader.take(1)
    reader.settle(9)
    expect(reader.settledUpTo()).toBe(11)
  })

  test('claims nothing when it is closed that was never handed out', () => {
    const reader = createPartitionReader(place, 0, 10)
    reader.add(recordsAt(0, 1, 2, 3), 4)
    reader.take(2)
    reader.close()
    expect(reader.take(9)).toEqual([])
    reader.settle(0)
    reader.settle(1)
    expect(reader.settledUpTo()).toBe(1)
    expect(reader.wantsMore()).toBe(false)
  })

  test('whatever is fetched, taken and settled in whatever order, nothing is skipped', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), gaps: fc.array(fc.nat(3), { maxLength: 6 }) }),
      fc.record({ kind: fc.constantFrom('take' as const, 'settle' as const), choice: fc.nat(9) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const reader = createPartitionReader(place, 0, 5)
        const added: number[] = []
        const taken: number[] = []
        const open = new Set<number>()
        let next = 0
        for (const one of steps) {
          if (one.kind === 'add') {
            const positions = one.gaps.map((gap) => (next += gap + 1) - 1)
            added.push(...positions)
            reader.add(recordsAt(...positions), next)
          } else if (one.kind === 'take') {
            for (const position of positionsOf(reader.take(one.choice))) {
              taken.push(position)
              open.add(position)
            }
          } else {
            const position = [...open][one.choice % Math.max(1, open.size)]
            if (position !== undefined) settle(reader, open, position)
          }
          expect(taken).toEqual(added.slice(0, taken.length))
          expect(reader.inHand()).toBeLessThanOrEqual(5)
          const firstOpen = added.find((at) => open.has(at) || !taken.includes(at))
          expect(reader.settledUpTo()).toBe((firstOpen ?? next) - 1)
        }
      }),
    )
  })
})

function settle(reader: PartitionReader, open: Set<number>, position: number): void {
  open.delete(position)
  reader.settle(position)
}
