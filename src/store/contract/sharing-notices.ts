import { expect } from 'vitest'
import type { Notice } from '../sharing.ts'
import { joinAs, type SharedPromised, until } from './sharing-subject.ts'
import { oddNames } from './values.ts'

export function noticePromises(promised: SharedPromised): void {
  promised('a notice is heard by all others, as it was said', async (subject) => {
    const [teller, ...others] = [
      await joinAs(subject, 'a'),
      await joinAs(subject, 'b'),
      await joinAs(subject, 'c'),
    ]
    const heard = others.map((): Notice[] => [])
    for (const [index, store] of others.entries()) {
      await store.sharing.listen((notice) => heard[index]?.push(notice))
    }
    const notices: readonly Notice[] = [
      noticeOf('one', { wakeAt: 7 }),
      { changed: [], channels: ['shop', 'mail'] },
      { changed: [{ id: 'done', revision: 9, finished: true }], channels: [] },
    ]
    for (const notice of notices) await teller.sharing.announce(notice)
    await until(subject, () => heard.every(({ length }) => length >= notices.length))
    for (const list of heard) expect(list).toStrictEqual(notices)
  })

  promised('nobody hears itself', async (subject) => {
    const first = await joinAs(subject, 'a')
    const second = await joinAs(subject, 'b')
    const heard: string[] = []
    await first.sharing.listen(({ channels }) => heard.push(...channels))
    await first.sharing.announce({ changed: [], channels: ['own'] })
    await second.sharing.announce({ changed: [], channels: ['other'] })
    await until(subject, () => heard.includes('other'))
    expect(heard).toEqual(['other'])
  })

  promised('who has ended listening hears nothing more', async (subject) => {
    const [teller, listener] = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const ended: string[] = []
    const heard: string[] = []
    const end = await listener.sharing.listen(({ channels }) => ended.push(...channels))
    await listener.sharing.listen(({ channels }) => heard.push(...channels))
    await teller.sharing.announce({ changed: [], channels: ['first'] })
    await until(subject, () => ended.length > 0 && heard.length > 0)
    await end()
    await end()
    await teller.sharing.announce({ changed: [], channels: ['second'] })
    await until(subject, () => heard.includes('second'))
    expect(ended).toEqual(['first'])
  })

  promised('a notice may be long and say anything', async (subject) => {
    const [teller, listener] = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const heard: Notice[] = []
    await listener.sharing.listen((notice) => heard.push(notice))
    const ids = Array.from({ length: 2_000 }, (_, n) => `${'long '.repeat(8)}${n}`)
    const changed = [...ids, ...oddNames].map((id) => ({ id, revision: 1, finished: false }))
    await teller.sharing.announce({ changed, channels: oddNames, wakeAt: 1 })
    // It may come in parts.
    await until(subject, () => heard.flatMap((notice) => notice.changed).length >= changed.length)
    expect(heard.flatMap((notice) => notice.changed)).toStrictEqual(changed)
    expect(new Set(heard.flatMap(({ channels }) => channels))).toEqual(new Set(oddNames))
    expect(heard.some(({ wakeAt }) => wakeAt === 1)).toBe(true)
  })
}

function noticeOf(id: string, over: Partial<Notice> = {}): Notice {
  return { changed: [{ id, revision: 3, finished: false }], channels: ['shop'], ...over }
}
