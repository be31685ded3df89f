import type { EncodedWrite } from '../rows/encode-write.ts'

/** A write with its place in the batch. */
export interface PlacedWrite {
  readonly index: number
  readonly write: EncodedWrite
}

/**
 * Parts of a batch that one statement each can write, one after another: no execution and no key is in
 * a part twice. As a rule a batch is one part.
 */
export function partsOf(writes: readonly EncodedWrite[]): readonly (readonly PlacedWrite[])[] {
  const uniqueKeys = new Set(
    writes.filter(({ uniqueKey }) => uniqueKey !== null).map((write) => keyNameOf(write)),
  )
  const parts: PlacedWrite[][] = []
  let names = new Set<string>()
  for (const [index, write] of writes.entries()) {
    const own = namesOf(write, uniqueKeys)
    if (index === 0 || own.some((name) => names.has(name))) {
      parts.push([])
      names = new Set()
    }
    for (const name of own) names.add(name)
    parts.at(-1)?.push({ index, write })
  }
  return parts
}

function namesOf(write: EncodedWrite, uniqueKeys: ReadonlySet<string>): readonly string[] {
  const { id, flow, uniqueKey } = write
  const names = [`id ${id}`]
  if (uniqueKey !== null) names.push(`unique ${flow.length} ${flow}${uniqueKey}`)
  // Who has the same key may be the one who gives it back.
  const keyName = keyNameOf(write)
  if (write.key !== null && uniqueKeys.has(keyName)) names.push(keyName)
  return names
}

function keyNameOf({ flow, key }: EncodedWrite): string {
  return `key ${flow.length} ${flow}${key ?? ''}`
}

/** All replicas write executions in the order of their ids, so that none waits for one that waits for it. */
export function inLockOrder({ write: left }: PlacedWrite, { write: right }: PlacedWrite): number {
  return left.id < right.id ? -1 : 1
}
