import { event, RetryLater, TerminalError } from '@signalbox/client'
import {
  createKafkaWorker,
  type KafkaWorker,
  type KafkaWorkerOptions,
} from '@signalbox/client/kafka'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { recordingLog } from '../../../client/src/test/recording-log.ts'
import { describeWith } from '../../infrastructure/ask-service.ts'
import { sharedKafka } from '../../infrastructure/kafka/kafka-for-tests.ts'
import { type KafkaWire, openKafkaWire, type SentCommand } from './kafka-wire.ts'

const kafka = await sharedKafka()

let wire: KafkaWire
let workers: KafkaWorker[] = []
let log = recordingLog()

const until = (condition: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(condition, { timeout: 20_000, interval: 20 })

function newWorker(options: Partial<KafkaWorkerOptions> = {}): KafkaWorker {
  const { brokers, commands, events, group } = wire
  const worker = createKafkaWorker({ brokers, commands, events, group, log, ...options })
  workers.push(worker)
  return worker
}

function command(number: number, execution: string, name = 'Check'): SentCommand {
  return { id: `${execution}:${number}`, execution, command: name, data: { number } }
}

describeWith(kafka, 'a worker over Kafka', ({ brokers }) => {
  beforeEach(async () => {
    log = recordingLog()
    wire = await openKafkaWire(brokers, 3)
  })

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })))
    workers = []
    await wire.close()
  })

  test('answers a command with an event of its execution, whose id derives from the command', async () => {
    let seen: unknown
    newWorker()
      .handle<{ sku: string }>('Check', (command) => {
        seen = command
        return event('CheckOK', { shelf: `shelf of ${command.data.sku}` })
      })
      .start()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const sent = {
      id: 'e1:1',
      execution: 'e1',
      command: 'Check',
      data: { sku: 'lamp' },
      traceparent,
    }
    await wire.send([sent])
    await until(() =>
      expect(wire.answers).toEqual([
        {
          execution: 'e1',
          event: 'CheckOK',
          data: { shelf: 'shelf of lamp' },
          headers: { 'message-id': 'e1:1:answer', traceparent },
        },
      ]),
    )
    expect(seen).toEqual({ ...sent, attempt: 1 })
    await until(async () => expect(await wire.committed()).toBe(1))
  })

  test('passes over commands of others and records that are no commands, and says so', async () => {
    newWorker()
      .handle('Check', () => event('CheckOK'))
      .handle('Forget', () => {})
      .start()
    await wire.send([command(1, 'e1', 'Charge'), command(2, 'e1', 'Forget')])
    await wire.sendRaw({ key: 'e1', value: 'not JSON' })
    await wire.sendRaw({ key: 'e1', value: '{"messageLabel":7}' })
    await wire.sendRaw({ value: '{"messageLabel":"Check"}' })
    await wire.sendRaw({ key: 'e1', value: '{"messageLabel":"Check"}' })
    await until(async () => expect(await wire.committed()).toBe(6))
    await until(() =>
      expect(wire.answers.map(({ event, data }) => [event, data])).toEqual([['CheckOK', {}]]),
    )
    expect(wire.answers[0]?.headers['message-id']).toMatch(/^commands-.+\/\d@\d+:answer$/)
    expect(log.of('warn').map(({ fields }) => fields['reason'])).toEqual(
      expect.arrayContaining([
        'expected a JSON object as its value',
        'expected the name of a command in messageLabel',
        'expected the id of an execution as its key',
      ]),
    )
  })

  test('commands of one execution in order, of several executions at once', async () => {
    let running = 0
    let runningMax = 0
    const begun: Record<string, number[]> = {}
    newWorker({ maxInFlight: 7 })
      .handle<{ number: number }>('Check', async ({ execution, data }) => {
        ;(begun[execution] ??= []).push(data.number)
        running += 1
        runningMax = Math.max(runningMax, running)
        await new Promise(setImmediate)
        running -= 1
        return event('CheckOK', data)
      })
      .start()
    const executions = Array.from({ length: 20 }, (_, index) => `e${index}`)
    const numbers = Array.from({ length: 30 }, (_, index) => index)
    await wire.send(numbers.flatMap((n) => executions.map((execution) => command(n, execution))))
    await until(() => expect(wire.answers).toHaveLength(600))
    for (const execution of executions) {
      expect(begun[execution]).toEqual(numbers)
      const answered = wire.answers.filter((answer) => answer.execution === execution)
      expect(answered.map(({ data }) => data)).toEqual(numbers.map((number) => ({ number })))
    }
    expect(runningMax).toBe(7)
    await until(async () => expect(await wire.committed()).toBe(600))
  })

  test('a failing command is repeated in place and holds up its execution alone', async () => {
    const attempts: number[] = []
    newWorker({ retry: { attempts: 20, intervalMs: 1 } })
      .handle<{ number: number }>('Check', ({ execution, data, attempt }) => {
        if (execution === 'e1' && data.number === 1) {
          attempts.push(attempt)
          // It goes on only when all others are answered.
          if (wire.answers.length < 5) throw new RetryLater(5)
        }
        return event('CheckOK', { number: data.number, attempt })
      })
      .start()
    await wire.send([command(1, 'e1'), command(2, 'e1')])
    await wire.send(Array.from({ length: 5 }, (_, index) => command(index, `other${index}`)))
    await until(() => expect(wire.answers).toHaveLength(7))
    const own = wire.answers.filter(({ execution }) => execution === 'e1')
    expect(own.map(({ data }) => data)).toEqual([
      { number: 1, attempt: attempts.length },
      { number: 2, attempt: 1 },
    ])
    expect(attempts).toEqual(attempts.map((_, index) => index + 1))
    expect(attempts.length).toBeGreaterThan(1)
  })

  test('what fails for good is answered by onFailure, after one attempt or after all', async () => {
    const failures: unknown[] = []
    newWorker({
      retry: { attempts: 3, intervalMs: 1 },
      onFailure: ({ command, attempt }, { code, message }) => {
        failures.push([command, attempt, code, message])
        return event(`${command}KO`, { code })
      },
    })
      .handle('Check', () => {
        throw new TerminalError('no such shelf', { code: 'SHELF_UNKNOWN' })
      })
      .handle('Charge', () => {
        throw new Error('the bank is away')
      })
      .start()
    await wire.send([command(1, 'e1'), command(2, 'e1', 'Charge')])
    await until(() => expect(wire.answers).toHaveLength(2))
    expect(failures).toEqual([
      ['Check', 1, 'SHELF_UNKNOWN', 'no such shelf'],
      ['Charge', 3, 'HANDLER_FAILED', 'the bank is away'],
    ])
    expect(wire.answers).toMatchObject([
      { event: 'CheckKO', headers: { 'message-id': 'e1:1:answer' } },
      { event: 'ChargeKO', headers: { 'message-id': 'e1:2:answer' } },
    ])
  })

  test('without onFailure it stays unanswered, is logged, and stops nobody', async () => {
    newWorker({ retry: { attempts: 2, intervalMs: 1 } })
      .handle('Check', () => {
        throw new Error('never')
      })
      .handle('Charge', () => event('ChargeOK'))
      .start()
    await wire.send([command(1, 'e1'), command(2, 'e1', 'Charge')])
    await until(async () => expect(await wire.committed()).toBe(2))
    await until(() => expect(wire.answers.map(({ event }) => event)).toEqual(['ChargeOK']))
    expect(log.of('error')).toEqual([
      {
        level: 'error',
        fields: expect.objectContaining({ command: 'Check', id: 'e1:1', execution: 'e1' }),
        message: 'a command failed for good and stays unanswered',
      },
    ])
  })

  test('an answer that the broker will not take fails the command, and not its neighbours', async () => {
    newWorker({
      onFailure: (_, { error }) => event('CheckKO', { why: String(error).slice(0, 40) }),
    })
      .handle<{ number: number }>('Check', ({ data }) =>
        event('CheckOK', data.number === 3 ? { text: 'x'.repeat(3_000_000) } : data),
      )
      .start()
    await wire.send(Array.from({ length: 6 }, (_, index) => command(index, `e${index}`)))
    await until(() => expect(wire.answers).toHaveLength(6))
    const of = (execution: string) => wire.answers.find((answer) => answer.execution === execution)
    expect(of('e3')?.event).toBe('CheckKO')
    expect(['e0', 'e1', 'e2', 'e4', 'e5'].map((name) => of(name)?.event)).toEqual(
      Array.from({ length: 5 }, () => 'CheckOK'),
    )
  })

  test('a partition waits when it is too far ahead of a command that is not done', async () => {
    await wire.close()
    const single = await openKafkaWire(brokers, 1)
    wire = single
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const begun: number[] = []
    newWorker({ aheadMax: 10 })
      .handle<{ number: number }>('Check', async ({ data }) => {
        begun.push(data.number)
        if (data.number === 0) await held
        return event('CheckOK', data)
      })
      .start()
    const numbers = Array.from({ length: 40 }, (_, number) => number)
    await single.send(numbers.map((number) => command(number, `e${number}`)))
    await until(() => expect(single.answers).toHaveLength(9))
    expect(begun).toEqual(numbers.slice(0, 10))
    expect(await single.committed()).toBe(0)
    release()
    await until(() => expect(single.answers).toHaveLength(40))
    expect(begun).toEqual(numbers)
    await until(async () => expect(await single.committed()).toBe(40))
  })
})
