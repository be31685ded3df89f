import { describe, expect, test } from 'vitest'

import lock from '../../package-lock.json' with { type: 'json' }
import { findAddresses, findMissingOptionals, type LockFile } from './lock-file.ts'

describe('the lock file', () => {
  test('holds no address of a registry', () => {
    expect(findAddresses(lock as LockFile)).toEqual([])
  })

  test('holds the builds for every platform', () => {
    expect(findMissingOptionals(lock as LockFile)).toEqual([])
  })

  test('an address is caught', () => {
    const packages = {
      client: { resolved: 'client' },
      'node_modules/a': { resolved: 'https://registry.example.org/a.tgz' },
    }
    expect(findAddresses({ packages })).toHaveLength(1)
  })

  test('a missing build is caught', () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', optionalDependencies: { b: '1', c: '1' } },
      'node_modules/b': { version: '1.0.0' },
    }
    expect(findMissingOptionals({ packages })).toHaveLength(1)
  })
})
