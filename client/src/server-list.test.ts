import { expect, test } from 'vitest'
import { createServerList } from './server-list.ts'

test('goes from one to the next and round, whoever says first that one failed', () => {
  const servers = createServerList(['http://a:1/', 'http://b:2', 'http://c:3/base/'], () => 0.4)
  expect(servers.current()).toBe('http://b:2')
  servers.leave('http://b:2')
  servers.leave('http://b:2')
  expect(servers.current()).toBe('http://c:3/base')
  servers.leave('http://c:3/base')
  expect(servers.current()).toBe('http://a:1')
})

test('begins anywhere', () => {
  const urls = 'http://a:1, http://b:2'
  expect(createServerList(urls, () => 0).current()).toBe('http://a:1')
  expect(createServerList(urls, () => 0.999).current()).toBe('http://b:2')
})

test.each([
  ['nowhere', 'expected the URL of Signalbox, such as http://127.0.0.1:7700, found nowhere'],
  [[], 'expected the URL of Signalbox, found an empty list'],
])('%j is refused', (urls, message) => {
  expect(() => createServerList(urls)).toThrow(new TypeError(message))
})
