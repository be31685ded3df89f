/**
 * A number in [0, 1) that depends on the seed alone: FNV-1a over the UTF-16 units, then one round of
 * the murmur3 finaliser, so that similar ids give unrelated numbers.
 */
export function randomFrom(seed: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < seed.length; index += 1) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000
}
