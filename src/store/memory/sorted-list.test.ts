import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Position, SortedList } from './sorted-list.ts'

const position = fc.record({ major: fc.nat(60), minor: fc.nat(60) })
const compare = (left: Position, right: Position): number =>
  left.major - right.major || left.minor - right.minor
const nameOf = ({ major, minor }: Position): string => `${major}/${minor}`

test('a list stays in order however items are added and removed', () => {
  const change = fc.record({ at: position, isRemoval: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3_000, size: 'max' }), position, (changes, from) => {
      const list = new SortedList<Position>()
      const expected = new Map<string, Position>()
      for (const { at, isRemoval } of changes) {
        if (isRemoval) {
          list.remove(at)
          expected.delete(nameOf(at))
        } else if (!expected.has(nameOf(at))) {
          list.add(at)
          expected.set(nameOf(at), at)
        }
      }
      const sorted = [...expected.values()].toSorted(compare)
      expect([...list.after()]).toEqual(sorted)
      expect([...list.before()]).toEqual(sorted.toReversed())
      expect(list.first()).toEqual(sorted[0])
      expect(list.isEmpty).toBe(sorted.length === 0)
      expect([...list.after(from)]).toEqual(sorted.filter((item) => compare(item, from) > 0))
      expect([...list.before(from)]).toEqual(
        sorted.filter((item) => compare(item, from) < 0).toReversed(),
      )
    }),
    { numRuns: 30 },
  )
})
