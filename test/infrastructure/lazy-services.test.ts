import { expect, test } from 'vitest'
import { type FoundService, serveLazily } from './lazy-services.ts'

async function ask(url: string): Promise<unknown> {
  return (await fetch(url)).json()
}

test('a service is started when it is first asked for, once for all, and ended at the end', async () => {
  const history: string[] = []
  const start = async (): Promise<FoundService> => {
    history.push('started')
    const stop = async (): Promise<void> => void history.push('stopped')
    return { kind: 'found', address: { port: '7' }, stop }
  }
  const services = await serveLazily({ broker: start, other: start })
  expect(history).toEqual([])
  const answers = await Promise.all([1, 2, 3].map(() => ask(`${services.url}/broker`)))
  const found = { kind: 'found', address: { port: '7' } }
  expect(answers).toEqual([found, found, found])
  await services.stop()
  expect(history).toEqual(['started', 'stopped'])
  expect(services.missing()).toEqual([])
})

test('what cannot be had is said to the tests, and to the end of the run', async () => {
  const services = await serveLazily({
    broker: async () => ({ kind: 'missing', reason: 'there is no java' }),
    broken: () => Promise.reject(new Error('the disk is full')),
  })
  expect(await ask(`${services.url}/broker`)).toEqual({
    kind: 'missing',
    reason: 'there is no java',
  })
  expect(await ask(`${services.url}/broken`)).toEqual({
    kind: 'failed',
    reason: 'Error: the disk is full',
  })
  expect(await ask(`${services.url}/unknown`)).toMatchObject({ kind: 'failed' })
  await services.stop()
  expect(services.missing()).toEqual([{ name: 'broker', reason: 'there is no java' }])
})
