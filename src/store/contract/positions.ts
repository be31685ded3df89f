import { expect } from 'vitest'
import type { Promised } from './subject.ts'
import { oddNames } from './values.ts'

const first = 'shop:events/0'
const second = 'shop:events/1'

export function positionPromises(promised: Promised): void {
  promised('positions are kept per channel and source', async ({ store }) => {
    expect(await store.readPositions('shop')).toEqual(new Map())
    await store.savePositions('shop', new Map([[first, 7]]))
    await store.savePositions('mail', new Map([[first, 3]]))
    await store.savePositions('shop', new Map([[second, 0]]))
    expect(await store.readPositions('shop')).toEqual(
      new Map([
        [first, 7],
        [second, 0],
      ]),
    )
    expect(await store.readPositions('mail')).toEqual(new Map([[first, 3]]))
    expect(await store.readPositions('none')).toEqual(new Map())
  })

  promised('a position never goes back', async ({ store }) => {
    await store.savePositions('shop', new Map([[first, 7]]))
    await store.savePositions(
      'shop',
      new Map([
        [first, 6],
        [second, 1],
      ]),
    )
    await store.savePositions('shop', new Map([[second, 0]]))
    expect(await store.readPositions('shop')).toEqual(
      new Map([
        [first, 7],
        [second, 1],
      ]),
    )
    await store.savePositions('shop', new Map([[first, Number.MAX_SAFE_INTEGER]]))
    await store.savePositions('shop', new Map())
    expect((await store.readPositions('shop')).get(first)).toBe(Number.MAX_SAFE_INTEGER)
  })

  promised('sources and channels may have any name', async ({ store }) => {
    const positions = new Map(oddNames.map((name, index) => [name, index]))
    for (const channel of oddNames) await store.savePositions(channel, positions)
    for (const channel of oddNames) expect(await store.readPositions(channel)).toEqual(positions)
  })
}
