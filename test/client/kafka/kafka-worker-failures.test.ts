import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { event } from '@signalbox/client'
import { createKafkaWorker, type KafkaWorker } from '@signalbox/client/kafka'
import { afterEach, expect, test, vi } from 'vitest'
import { recordingLog } from '../../../client/src/test/recording-log.ts'
import { describeWith } from '../../infrastructure/ask-service.ts'
import { ownKafka, sharedKafka } from '../../infrastructure/kafka/kafka-for-tests.ts'
import { type KafkaWire, openKafkaWire, type SentCommand } from './kafka-wire.ts'

const kafka = await sharedKafka()
const own = await ownKafka()

const until = (condition: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(condition, { timeout: 60_000, interval: 50 })

let wire: KafkaWire
let workers: KafkaWorker[] = []

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })))
  workers = []
  await wire.close()
})

function optionsOf({ brokers, commands, events, group }: KafkaWire, name: string) {
  return { brokers, commands, events, group, name, sessionTimeoutMs: 6_000 }
}

interface Deed {
  readonly worker: string
  readonly execution: string
  readonly number: number
}

function startWorker(name: string, deeds: Deed[], log = recordingLog()): KafkaWorker {
  const worker = createKafkaWorker({ ...optionsOf(wire, name), log })
    .handle<{ number: number }>('Check', async ({ execution, data: { number } }) => {
      deeds.push({ worker: name, execution, number })
      await new Promise(setImmediate)
      return event('CheckOK', { number })
    })
    .handle('Hang', () => {})
  workers.push(worker)
  worker.start()
  return worker
}

function commandsFor(executions: readonly string[], numbers: readonly number[]): SentCommand[] {
  return numbers.flatMap((number) =>
    executions.map((execution) => ({
      id: `${execution}:${number}`,
      execution,
      command: 'Check',
      data: { number },
    })),
  )
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)
const executions = upTo(24).map((number) => `e${number}`)

/** Whatever came twice: who applies each id once sees every execution's answers, once and in order. */
function expectAllAnsweredInOrder(numbers: readonly number[]): void {
  for (const execution of executions) {
    const seen = new Set<string | undefined>()
    const applied = wire.answers
      .filter((answer) => answer.execution === execution)
      .filter(({ headers }) => !seen.has(headers['message-id']) && seen.add(headers['message-id']))
    expect(applied.map(({ data }) => data)).toEqual(numbers.map((number) => ({ number })))
  }
}

const answeredIds = (): number =>
  new Set(wire.answers.map(({ headers }) => headers['message-id'])).size

describeWith(kafka, 'workers over Kafka', ({ brokers }) => {
  test('a worker killed between its answers and their commit: the next one gives the same ids', async () => {
    wire = await openKafkaWire(brokers, 1)
    const program = join(import.meta.dirname, 'worker-process.ts')
    const options = JSON.stringify(optionsOf(wire, 'killed'))
    const killed = spawn(process.execPath, [program, options], { stdio: 'inherit' })
    await wire.send([{ id: 'stuck:1', execution: 'stuck', command: 'Hang' }])
    await wire.send(commandsFor(executions, [1, 2]))
    await until(() => expect(answeredIds()).toBe(48))
    expect(await wire.committed()).toBe(0)
    killed.kill('SIGKILL')
    await once(killed, 'exit')

    const deeds: Deed[] = []
    startWorker('next', deeds)
    await until(async () => expect(await wire.committed()).toBe(49))
    expect(deeds).toHaveLength(48)
    await until(() => expect(wire.answers).toHaveLength(96))
    expect(answeredIds()).toBe(48)
    expectAllAnsweredInOrder([1, 2])
  }, 120_000)

  test('two workers share the partitions; one that leaves hands them over', async () => {
    wire = await openKafkaWire(brokers, 6)
    const deeds: Deed[] = []
    const by = (name: string): number => deeds.filter(({ worker }) => worker === name).length
    startWorker('first', deeds)
    let sent = 0
    const sendMore = async (): Promise<void> => {
      await wire.send(commandsFor(executions, [sent]))
      sent += 1
    }
    await sendMore()
    await until(() => expect(by('first')).toBe(24))
    const second = startWorker('second', deeds)
    await until(async () => {
      await sendMore()
      expect(by('second')).toBeGreaterThan(0)
    })
    for (let round = 0; round < 20; round += 1) await sendMore()
    expect(await second.stop()).toEqual({ abandonedCommands: 0, unsentResults: 0 })
    const bySecond = by('second')
    for (let round = 0; round < 20; round += 1) await sendMore()
    await until(() => expect(answeredIds()).toBe(sent * 24))
    expect(by('second')).toBe(bySecond)
    expectAllAnsweredInOrder(upTo(sent))
    await until(async () => expect(await wire.committed()).toBe(sent * 24))
  }, 120_000)
})

describeWith(own, 'a worker whose broker', ({ start }) => {
  test('is killed and comes back goes on by itself, and nothing is left unanswered', async () => {
    const broker = await start()
    try {
      wire = await openKafkaWire(broker.brokers, 6)
      const deeds: Deed[] = []
      const log = recordingLog()
      startWorker('patient', deeds, log)
      await wire.send(commandsFor(executions, [0, 1]))
      await until(() => expect(answeredIds()).toBe(48))
      await wire.send(commandsFor(executions, [2, 3]))
      await broker.kill()
      await until(() => expect(log.of('warn').length).toBeGreaterThan(0))
      await broker.restart()
      await wire.send(commandsFor(executions, [4, 5]))
      await until(() => expect(answeredIds()).toBe(6 * 24))
      expectAllAnsweredInOrder(upTo(6))
      await until(async () => expect(await wire.committed()).toBe(6 * 24))
    } finally {
      await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })))
      await wire.close()
      await broker.stop()
      wire = { ...wire, close: async () => {} }
    }
  }, 200_000)
})
