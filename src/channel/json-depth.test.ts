import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDeeperThan } from './json-depth.ts'

const levels = 64

function nested(depth: number, inner = ''): Buffer {
  return Buffer.from(`${'[{"a":'.repeat(depth / 2)}1${inner}${'}]'.repeat(depth / 2)}`)
}

describe('the depth of JSON', () => {
  test('is allowed up to the limit, and no further', () => {
    expect(isDeeperThan(nested(levels), levels)).toBe(false)
    expect(isDeeperThan(nested(levels + 2), levels)).toBe(true)
  })

  test('does not count brackets in texts', () => {
    const text = JSON.stringify(`\\"${'[{'.repeat(200)}"`)
    expect(isDeeperThan(Buffer.from(`[${text}]`), levels)).toBe(false)
  })

  test('is that of the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 6 }), (value, max) => {
        const json = Buffer.from(JSON.stringify(value))
        expect(isDeeperThan(json, max)).toBe(depthOf(value) > max)
      }),
    )
  })
})

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
