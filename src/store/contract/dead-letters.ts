import { expect } from 'vitest'
import type { NewDeadLetter, Store } from '../store.ts'
import { startAt } from './builders.ts'
import type { Promised } from './subject.ts'
import { oddNames } from './values.ts'

export function deadLetterPromises(promised: Promised): void {
  promised('dead letters are read as they were put, the newest first', async ({ store }) => {
    const plain = letterOf(0)
    const full = letterOf(1, { key: 'order-1', encoding: 'base64', headers: { a: '1', b: '' } })
    await store.putDeadLetters([plain, full])
    const [newest, oldest, ...others] = await store.listDeadLetters({ limit: 10 })
    expect(others).toEqual([])
    expect(newest).toStrictEqual({ ...full, number: newest?.number })
    expect(oldest).toStrictEqual({ ...plain, number: oldest?.number })
    expect(newest?.number).toBeGreaterThan(oldest?.number ?? Infinity)
    const numbers = [newest?.number ?? 0, 99_999, newest?.number ?? 0]
    expect(await store.readDeadLetters(numbers)).toStrictEqual([newest])
    expect(await store.readDeadLetters([])).toEqual([])
  })

  promised('a place is stored once, whoever puts it and how often', async ({ store }) => {
    const again = letterOf(0, { detail: 'another reason' })
    await store.putDeadLetters([letterOf(0), again])
    await store.putDeadLetters([again, letterOf(1)])
    const elsewhere = [
      letterOf(0, { channel: 'mail' }),
      letterOf(0, { source: 'shop:events/1' }),
      letterOf(2),
    ]
    await store.putDeadLetters(elsewhere)
    await store.putDeadLetters([])
    const all = await store.listDeadLetters({ limit: 10 })
    expect(all).toHaveLength(5)
    expect(all.at(-1)).toMatchObject(letterOf(0))
    expect(await store.countDeadLetters()).toEqual(
      new Map([
        ['shop', 4],
        ['mail', 1],
      ]),
    )
  })

  promised('dead letters are paged through, of all channels or of one', async ({ store }) => {
    const channels = ['shop', 'mail', 'shop', 'shop', 'mail', 'shop']
    for (const [position, channel] of channels.entries()) {
      await store.putDeadLetters([letterOf(position, { channel })])
    }
    expect(await listPositions(store, {}, 4)).toEqual([5, 4, 3, 2, 1, 0])
    expect(await listPositions(store, { channel: 'shop' }, 3)).toEqual([5, 3, 2, 0])
    expect(await listPositions(store, { channel: 'mail' }, 2)).toEqual([4, 1])
    expect(await listPositions(store, { channel: 'none' }, 2)).toEqual([])
    expect(await store.listDeadLetters({ limit: 0 })).toEqual([])
  })

  promised('what was removed is gone, and no number is given again', async ({ store }) => {
    await store.putDeadLetters([letterOf(0), letterOf(1), letterOf(2)])
    const numbers = await listNumbers(store)
    const [newest = 0, middle = 0, oldest = 0] = numbers
    expect(await store.removeDeadLetters([newest, middle, 99_999, middle])).toBe(2)
    expect(await store.removeDeadLetters([newest])).toBe(0)
    expect(await listNumbers(store)).toEqual([oldest])
    expect(await store.countDeadLetters()).toEqual(new Map([['shop', 1]]))
    await store.putDeadLetters([letterOf(2)])
    expect((await listNumbers(store))[0]).toBeGreaterThan(newest)
    expect(await store.removeDeadLetters(await listNumbers(store))).toBe(2)
    expect(await store.countDeadLetters()).toEqual(new Map())
  })

  promised('dead letters may say anything', async ({ store }) => {
    const letters = oddNames.map((name, position) =>
      letterOf(position, {
        channel: name,
        source: name,
        key: name,
        detail: name,
        value: `${name} ${'ä"\n'.repeat(20_000)}`,
        headers: { [name]: name },
      }),
    )
    await store.putDeadLetters(letters)
    const found = await store.listDeadLetters({ limit: 100 })
    const read = found.toReversed().map(({ number: _number, ...letter }) => letter)
    expect(read).toStrictEqual(letters)
    for (const channel of oddNames) {
      expect(await store.listDeadLetters({ channel, limit: 9 })).toHaveLength(1)
    }
    expect(await store.countDeadLetters()).toEqual(new Map(oddNames.map((name) => [name, 1])))
  })
}

/** A message that was read at a position of a source and could not be applied. */
export function letterOf(position: number, over: Partial<NewDeadLetter> = {}): NewDeadLetter {
  return {
    channel: 'shop',
    source: 'shop:events/0',
    position,
    receivedAt: startAt + position,
    code: 'EXECUTION_NOT_FOUND',
    detail: 'expected an execution, found none',
    value: '{"messageLabel":"Paid"}',
    encoding: 'utf8',
    headers: {},
    ...over,
  }
}

async function listNumbers(store: Store): Promise<readonly number[]> {
  return (await store.listDeadLetters({ limit: 100 })).map(({ number }) => number)
}

/** The positions of all pages. */
async function listPositions(
  store: Store,
  query: { readonly channel?: string },
  limit: number,
): Promise<readonly number[]> {
  const positions: number[] = []
  let page = await store.listDeadLetters({ ...query, limit })
  while (page.length > 0) {
    expect(page.length).toBeLessThanOrEqual(limit)
    positions.push(...page.map(({ position }) => position))
    const before = page.at(-1)?.number ?? 0
    page = await store.listDeadLetters({ ...query, before, limit })
  }
  return positions
}
