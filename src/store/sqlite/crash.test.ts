import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { makeTemporaryFolder } from './testing/temporary-folder.ts'

const program = join(import.meta.dirname, 'testing', 'writer-process.ts')

let path = ''
let remove = async (): Promise<void> => {}
const children: ChildProcess[] = []

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  path = join(temporary.folder, 'store.db')
  remove = temporary.remove
})

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => kill(child)))
  await remove()
})

test('a process that is killed while it writes loses nothing that was answered', async () => {
  let answered = 0
  for (const commits of [1, 40, 7, 100]) {
    const child = start()
    expect(await nextMessage(child)).toBe('open')
    await new Promise<void>((resolve) => {
      child.on('message', (message) => {
        answered = Math.max(answered, Number(message))
        if (Number(message) >= commits) resolve()
      })
    })
    await kill(child)
    const store = await openSqliteStore({ path })
    const written = await expectWhole(store)
    expect(written).toBeGreaterThanOrEqual(answered)
    await store.close()
    // The next one begins with `e1` again: conflicts, until it gets beyond what is there.
  }
})

test('one process alone opens a store, until it ends or is killed', async () => {
  const first = start()
  expect(await nextMessage(first)).toBe('open')
  const second = start()
  expect(await nextMessage(second)).toBe('STORE_IN_USE')
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'STORE_IN_USE' })
  await expect(openSqliteStore({ path, thread: false })).rejects.toMatchObject({
    code: 'STORE_IN_USE',
  })
  await kill(first)
  const store = await openSqliteStore({ path })
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'STORE_IN_USE' })
  const third = start()
  expect(await nextMessage(third)).toBe('STORE_IN_USE')
  await store.close()
  const fourth = start()
  expect(await nextMessage(fourth)).toBe('open')
})

/** Proves of every execution that it is there with all that belongs to it; answers how many. */
async function expectWhole(store: Store): Promise<number> {
  const count = await store.countExecutions({})
  const ids = Array.from({ length: count }, (_, n) => `e${n + 1}`)
  const executions = await store.readExecutions(ids)
  expect([...executions.keys()]).toEqual(ids)
  for (const [id, execution] of executions) {
    const isSecond = execution.node === 'B'
    expect(execution.revision).toBe(isSecond ? 4 : 2)
    const { facts } = await store.readJournal(id, { after: 0, limit: 10 })
    expect(facts).toHaveLength(execution.revision)
    const commands = await store.readOutboxCommands([`${id}:1`, `${id}:2`])
    expect(commands.map(({ commandId }) => commandId)).toEqual([`${id}:${isSecond ? 2 : 1}`])
    expect(await store.readInbox([{ executionId: id, messageId: 'start' }])).toHaveLength(1)
    expect(await store.findByKey('order', id)).toBe(id)
  }
  expect(await store.readDueTimers(Number.MAX_SAFE_INTEGER, count + 1)).toHaveLength(count)
  const nodes = await store.nodeCounts('order')
  expect([...nodes.values()].reduce((sum, nodeCount) => sum + nodeCount, 0)).toBe(count)
  return count
}

function start(): ChildProcess {
  const child = fork(program, [path], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.push(child)
  return child
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message')
  return message
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
