import { createBackoff, pause } from '../backoff.ts'
import { consoleLog } from '../console-log.ts'
import type { JsonObject } from '../json.ts'
import type { StopReport } from '../worker/stop-report.ts'
import { createAnswerSender } from './answer-sender.ts'
import { createAttempts } from './attempts.ts'
import {
  createAnswerProducer,
  createMember,
  createReader,
  isRefusedContent,
} from './broker-connection.ts'
import { createCommandRunner } from './command-runner.ts'
import type { Claim } from './execution-work.ts'
import { type GroupMember, joinGroup } from './group-member.ts'
import type { KafkaHandler } from './kafka-command.ts'
import type { KafkaWorkerOptions } from './kafka-worker-options.ts'
import { kafkaWorkerSettings } from './kafka-worker-settings.ts'
import { createPartitionReader } from './partition-reader.ts'
import { type CommandRecord, placeOf, readCommand } from './read-command.ts'

/** Carries out commands of one topic. */
export interface KafkaWorker {
  readonly name: string
  /** Says who carries out a command. Before `start`, once per command. Others are passed over. */
  handle<Data = JsonObject>(command: string, handler: KafkaHandler<Data>): KafkaWorker
  /** Begins to take commands; the brokers need not be there yet. */
  start(): void
  /**
   * Takes no more commands, lets handlers that run come to their end, sends their answers, commits,
   * and leaves the group. What is not done after `graceMs` (default 10 s) is given up: its signal is
   * aborted, and the command goes to the next member of the group.
   */
  stop(options?: { readonly graceMs?: number }): Promise<StopReport>
}

const defaultGraceMs = 10_000
/** What brokers get for the last commit and the goodbye. */
const leaveMs = 5_000

/**
 * Makes a worker over Kafka: the same handlers as `createWorker` has, with commands from a topic
 * and answers to another.
 *
 * ```ts
 * const worker = createKafkaWorker({ commands: 'commands', events: 'events', group: 'inventory' })
 *   .handle('CheckInventory', async (command) => event('InventoryCheckOK', { shelf: 'A7' }))
 * worker.start()
 * ```
 */
export function createKafkaWorker(options: KafkaWorkerOptions): KafkaWorker {
  const settings = kafkaWorkerSettings(options)
  const log = options.log ?? consoleLog
  const handlers = new Map<string, KafkaHandler>()
  const producer = createAnswerProducer(settings)
  const attempts = createAttempts({
    handlers,
    retry: settings.retry,
    onFailure: options.onFailure,
    log,
  })
  const sender = createAnswerSender({
    produce: producer.produce,
    isRefusal: isRefusedContent,
    log,
  })
  const runner = createCommandRunner({ maxInFlight: settings.maxInFlight, attempts, sender, log })
  const stopping = new AbortController()
  let member: GroupMember | undefined
  let membership: Promise<void> | undefined
  let stopped: Promise<StopReport> | undefined

  function onRecord(record: CommandRecord, claim: Claim, ended: () => void): void {
    const read = readCommand(record)
    if (read.kind === 'unreadable') {
      log.warn({ record: placeOf(record), reason: read.reason }, 'a record is no command')
      return ended()
    }
    if (!handlers.has(read.command.command)) {
      log.debug({ command: read.command.command, id: read.command.id }, 'a command of others')
      return ended()
    }
    runner.accept(read.command, claim, ended)
  }

  async function takePartUntilStopped(): Promise<void> {
    const backoff = createBackoff()
    while (!stopping.signal.aborted) {
      try {
        member = await join()
        backoff.reset()
        log.debug({ group: settings.group }, 'the worker is a member of its group')
        const end = await Promise.race([member.failed, aborted(stopping.signal)])
        // Stopping: whoever stops us still needs the member, to commit.
        if (stopping.signal.aborted) return
        log.warn({ error: end }, 'the membership in the group was lost; joining again')
        await withinMs(leaveMs, member.leave())
      } catch (error) {
        if (stopping.signal.aborted) return
        if (backoff.failures === 0) log.warn({ error }, 'the group cannot be joined; trying again')
      }
      member = undefined
      runner.claimsLost()
      await pause(backoff.nextMs(), stopping.signal)
    }
  }

  async function join(): Promise<GroupMember> {
    const consumer = createMember(settings)
    const reader = createPartitionReader({
      consumer: createReader(settings),
      topic: settings.commands,
      startAt: settings.startAt,
      log,
    })
    try {
      return await joinGroup({
        consumer,
        reader,
        settings,
        onRecord,
        onClaimsLost: runner.claimsLost,
        log,
      })
    } catch (error) {
      await withinMs(leaveMs, Promise.all([reader.close(), consumer.close(true)]))
      throw error
    }
  }

  async function stop(graceMs: number): Promise<StopReport> {
    stopping.abort()
    member?.pause()
    runner.drain()
    const grace = new AbortController()
    const graceOver = pause(graceMs, grace.signal)
    await Promise.race([graceOver, runner.idle(grace.signal)])
    grace.abort()
    const report = runner.close()
    await withinMs(leaveMs, membership ?? Promise.resolve())
    await withinMs(leaveMs, member?.leave() ?? Promise.resolve())
    await withinMs(leaveMs, producer.close())
    if (report.abandonedCommands + report.unsentResults > 0) {
      log.warn({ ...report }, 'the worker stopped before all was done')
    }
    return report
  }

  /** What is said to a broker that may be gone: nobody waits for long, and failing is no news. */
  async function withinMs(durationMs: number, work: Promise<unknown>): Promise<void> {
    const over = new AbortController()
    const done = work.catch((error: unknown) => log.debug({ error }, 'a goodbye was not heard'))
    await Promise.race([done, pause(durationMs, over.signal)])
    over.abort()
  }

  const worker: KafkaWorker = {
    name: settings.name,
    handle: (command, handler) => {
      if (membership !== undefined) throw new Error('expected handlers before start')
      if (handlers.has(command)) throw new Error(`expected one handler, found two of ${command}`)
      // The caller vouches for the shape of the data of this command.
      handlers.set(command, handler as KafkaHandler)
      return worker
    },
    start: () => {
      if (stopped !== undefined) throw new Error('expected a worker that was not stopped')
      if (handlers.size === 0) throw new Error('expected a handler at least, found none')
      membership ??= takePartUntilStopped()
    },
    stop: ({ graceMs = defaultGraceMs } = {}) => (stopped ??= stop(graceMs)),
  }
  return worker
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
