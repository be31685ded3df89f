import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emittedApi } from './test/emitted-api.ts'

/** After a change on purpose: `npx vitest run client/src/api.test.ts -u`, and look at the difference. */
test('what the package offers is what client/api.d.ts says', async () => {
  await expect(emittedApi()).toMatchFileSnapshot(join(import.meta.dirname, '..', 'api.d.ts'))
})
