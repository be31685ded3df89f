import { expect } from 'vitest'
import type { NewFlowVersion } from '../store.ts'
import { startAt } from './builders.ts'
import type { Promised } from './subject.ts'

export function flowPromises(promised: Promised): void {
  promised('versions are numbered from 1 and read as they were published', async ({ store }) => {
    const first = versionOf('order', 'h1')
    const second = { ...versionOf('order', 'h2'), title: 'Order' }
    expect(await store.publishFlow(first)).toStrictEqual({ ...first, version: 1 })
    expect(await store.publishFlow(second)).toStrictEqual({ ...second, version: 2 })
    expect((await store.publishFlow(versionOf('other', 'h1'))).version).toBe(1)
    expect(await store.readFlowVersion('order', 1)).toStrictEqual({ ...first, version: 1 })
    expect(await store.readFlowVersion('order', 3)).toBeUndefined()
    expect(await store.readFlowVersion('none', 1)).toBeUndefined()
    expect(await store.listFlowVersions('order')).toStrictEqual([
      { ...first, version: 1 },
      { ...second, version: 2 },
    ])
    expect(await store.listFlowVersions('none')).toEqual([])
  })

  promised('the newest text again makes no new version, an older one does', async ({ store }) => {
    await store.publishFlow(versionOf('order', 'h1'))
    const again = await store.publishFlow({ ...versionOf('order', 'h1'), publishedBy: 'other' })
    expect(again).toMatchObject({ version: 1, publishedBy: 'ada' })
    await store.publishFlow(versionOf('order', 'h2'))
    expect((await store.publishFlow(versionOf('order', 'h1'))).version).toBe(3)
  })

  promised('flows are listed with newest version and status', async ({ store }) => {
    expect(await store.listFlows()).toEqual([])
    expect(await store.listFlowHeads()).toEqual([])
    await store.publishFlow(versionOf('b', 'h1'))
    await store.publishFlow(versionOf('a', 'h1'))
    await store.publishFlow(versionOf('b', 'h2'))
    await store.setFlowStatus('b', 'paused')
    const summary = async () => {
      const flows = await store.listFlows()
      const heads = flows.map(({ flow, status, newest: { version } }) => ({
        flow,
        status,
        version,
      }))
      expect(await store.listFlowHeads()).toStrictEqual(heads)
      return heads.map(({ flow, status, version }) => [flow, status, version])
    }
    expect(await summary()).toEqual([
      ['a', 'active', 1],
      ['b', 'paused', 2],
    ])
    await store.publishFlow(versionOf('b', 'h3'))
    await store.setFlowStatus('a', 'retired')
    expect(await summary()).toEqual([
      ['a', 'retired', 1],
      ['b', 'paused', 3],
    ])
    await store.setFlowStatus('b', 'active')
    expect((await summary())[1]).toEqual(['b', 'active', 3])
  })
}

export function versionOf(flow: string, hash: string): NewFlowVersion {
  return {
    flow,
    kind: 'saga',
    hash,
    text: `saga: ${flow} # ${hash} "'%\u{1F600}\n`,
    format: 'yaml',
    publishedAt: startAt,
    publishedBy: 'ada',
  }
}
