import { spend } from './frame.ts'
import type { Frame } from './frame.ts'
import { Special, isList, isMap, ownValue } from './value.ts'
import type { Value } from './value.ts'

/** Tells whether two values are the same, in depth. Values of different types differ. */
export function isEqual(left: Value, right: Value, frame: Frame): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return false
  if (left === null || right === null) return false
  spend(frame, 1)
  if (isList(left)) {
    if (!isList(right) || left.length !== right.length) return false
    return left.every((item, index) => isEqual(item, right[index] ?? null, frame))
  }
  if (left instanceof Special || right instanceof Special) return isEqualSpecial(left, right)
  if (!isMap(left) || !isMap(right)) return false
  const keys = Object.keys(left).filter((key) => left[key] !== undefined)
  const others = Object.keys(right).filter((key) => right[key] !== undefined)
  if (keys.length !== others.length) return false
  return keys.every((key) => {
    const own = ownValue(left, key)
    const other = ownValue(right, key)
    return own !== undefined && other !== undefined && isEqual(own, other, frame)
  })
}

function isEqualSpecial(left: Value, right: Value): boolean {
  if (!(left instanceof Special) || !(right instanceof Special)) return false
  if (left.type !== right.type) return false
  const leftMs: unknown = 'ms' in left ? left.ms : undefined
  const rightMs: unknown = 'ms' in right ? right.ms : undefined
  return leftMs !== undefined && leftMs === rightMs
}
