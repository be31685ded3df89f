import { commandOf, executionOf, startAt, startOf, writeOf } from '../../contract/builders.ts'
import { openSqliteStore } from '../sqlite-store.ts'

/**
 * A program that opens a store and writes to it without end, to be killed at any moment. It says
 * `open`, then the number of each pair of commits that the store has answered; or the code of the
 * error that opening threw.
 */
const [path = ''] = process.argv.slice(2)
const say = (message: unknown): void => {
  process.send?.(message)
}

try {
  const store = await openSqliteStore({ path })
  say('open')
  for (let n = 1; ; n++) {
    const [first, second] = executionWrites(n)
    await store.commit([first])
    await store.commit([second])
    say(n)
  }
} catch (error) {
  say(error instanceof Error && 'code' in error ? error.code : String(error))
  process.disconnect()
}

function executionWrites(n: number) {
  const id = `e${n}`
  return [
    startOf(executionOf(id, { key: id }), {
      wakeAt: startAt + n,
      outbox: { put: [commandOf(id, 1)] },
      inbox: [{ messageId: 'start', answer: n }],
      searchTerms: [id],
    }),
    writeOf(executionOf(id, { key: id, revision: 4, node: 'B' }), {
      expectedRevision: 2,
      wakeAt: startAt + n,
      outbox: { remove: [`${id}:1`], put: [commandOf(id, 2)] },
    }),
  ] as const
}
