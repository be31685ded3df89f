import { describe, expect, test } from 'vitest'

import { forbiddenImports, importsOf } from './imports.ts'
import { isCode, isTestOnly, readRepository } from './repository.ts'

const files = readRepository()

describe('the import matrix', () => {
  test('every import is allowed', () => {
    expect(
      forbiddenImports(files),
      'Move the code inward, or pass the value in; the matrix is in test/tidy/imports.ts.',
    ).toEqual([])
  })

  test('the repository is really read', () => {
    const code = files.filter((file) => isCode(file) && !isTestOnly(file))
    expect(code.flatMap(importsOf).length).toBeGreaterThan(100)
  })

  test.each([
    ['src/kernel/decide/x.ts', "import { y } from '../../flow/x.ts'"],
    ['src/kernel/x.ts', "import type { y } from '../errors/catalogue.ts'"],
    ['src/kernel/x.ts', "import { readFileSync } from 'node:fs'"],
    ['src/flow/x.ts', "import { y } from '../engine/engine.ts'"],
    ['src/flow/x.ts', "const y = await import('node:fs')"],
    ['src/store/sqlite/x.ts', "import { y } from '../memory/memory-store.ts'"],
    ['src/store/memory/x.ts', "import 'node:fs'"],
    ['src/store/store.ts', "import { y } from './sqlite/sqlite-store.ts'"],
    ['src/channel/http/x.ts', "import { y } from '../queue/queue-channel.ts'"],
    ['src/engine/x.ts', "export { y } from '../store/sqlite/sqlite-store.ts'"],
    ['src/engine/x.ts', "import { y } from '../http/server.ts'"],
    ['src/http/x.ts', "import { y } from '../config/load.ts'"],
    ['src/http/x.ts', "import {\n  y,\n  z,\n} from '../cli/main.ts'"],
    ['client/src/x.ts', "import { y } from 'undici'"],
    ['client/src/x.ts', "import { y } from '../../src/kernel/index.ts'"],
    ['examples/order/run.ts', "import { y } from '../../src/kernel/index.ts'"],
    ['src/elsewhere/x.ts', ''],
  ])('catches in %s: %s', (path, text) => {
    expect(forbiddenImports([{ path, text }])).toHaveLength(1)
  })

  test('allows what points inward', () => {
    const allowed = [
      ['src/flow/x.ts', "import { y } from '../kernel/index.ts'"],
      ['src/store/sqlite/x.ts', "import type { Store } from '../store.ts'"],
      ['src/engine/x.ts', "import type { Channel } from '../channel/channel.ts'"],
      ['src/cli/compose.ts', "import { y } from '../store/sqlite/sqlite-store.ts'"],
      ['src/kernel/x.test.ts', "import { test } from 'vitest'"],
    ] as const
    expect(forbiddenImports(allowed.map(([path, text]) => ({ path, text })))).toEqual([])
  })
})
