import { expect, test } from 'vitest'
import { silentLog } from './log.ts'
import { createOutageLog } from './outage-log.ts'

test('an outage is told at once, and then once a second with how often', () => {
  let now = 0
  const lines: object[] = []
  const tell = createOutageLog({ ...silentLog, error: (fields) => lines.push(fields) }, () => now)
  for (; now < 2_500; now += 10) tell(new Error('disk full'))
  expect(lines).toMatchObject([{ failures: 1 }, { failures: 100 }, { failures: 100 }])
})
