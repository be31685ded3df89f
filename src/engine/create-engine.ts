import { type Channel, type ChannelHost, isWorkQueue, type WorkQueue } from '../channel/channel.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Message } from '../kernel/model/message.ts'
import type { ExecutionWrite, OutboxCommand, WriteResult } from '../store/store.ts'
import { systemClock } from './clock.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import type { Engine, ExecutionChange } from './engine.ts'
import { createExecutionCache } from './execution-cache.ts'
import { createExecutionDirectory } from './execution-directory.ts'
import { createFlowDirectory } from './flow-directory.ts'
import { createFlowRegistry } from './flow-registry.ts'
import { newUuidV7 } from './ids.ts'
import { silentLog } from './log.ts'
import type { EngineOptions } from './options.ts'
import { createOutageLog } from './outage-log.ts'
import { reportDeliveries } from './reports.ts'
import type { Request } from './request.ts'
import { createTurnLoop } from './turn-loop.ts'
import { createWaiters } from './waiters.ts'
import { createWakeUp } from './wake-up.ts'
import type { Work } from './work.ts'

interface Connection {
  readonly channel: Channel
  readonly dispatcher: Dispatcher
}

/**
 * Puts an engine together from its ports. Nothing happens before `start`. The store belongs to the
 * caller, who closes it after `stop`.
 */
export function createEngine(options: EngineOptions): Engine {
  const { store, log = silentLog, clock = systemClock, newId = newUuidV7 } = options
  const context = options.compileContext ?? {}
  const startedAt = clock.now()
  const cache = createExecutionCache(limits.cachedExecutions)
  const registry = createFlowRegistry(store, context)
  const waiters = createWaiters(clock)
  const connectionsByName = new Map<string, Connection>()
  const listeners = new Set<(change: ExecutionChange) => void>()
  let stopping = false
  let messages = 0
  let commits = 0
  let commitFailedAt: number | undefined

  const loop = createTurnLoop(
    {
      store,
      cache,
      registry,
      log,
      now: () => clock.now(),
      onCommitted,
      tellCommitFailed: createOutageLog(log, () => clock.now()),
      onDoubt,
    },
    options.inboundMessagesMax,
  )
  const wakeUp = createWakeUp({ store, clock, log, wake })

  function onCommitted(work: Work, write: ExecutionWrite, result: WriteResult): void {
    commits += 1
    commitFailedAt = undefined
    if (write.wakeAt !== undefined) wakeUp.expect(write.wakeAt)
    if (result.kind === 'committed' && work.effects.length > 0) {
      dispatch(work, write, result.outboxSequences)
    }
    waiters.notify(write.execution)
    if (listeners.size > 0) notifyListeners(work, write.execution)
  }

  function onDoubt(works: readonly Work[]): void {
    commitFailedAt = clock.now()
    const effects = works.flatMap((work) => work.effects)
    for (const [name, { dispatcher }] of connectionsByName) {
      const closing = effects.filter(
        ({ kind, channel }) =>
          channel === name && (kind === 'close-command' || kind === 'withdraw-command'),
      )
      dispatcher.doubt(closing.map(({ commandId }) => commandId))
    }
    wakeUp.expect(clock.now())
  }

  function dispatch(work: Work, write: ExecutionWrite, sequences: readonly number[]): void {
    for (const effect of work.effects) {
      if (effect.kind === 'send-command') continue
      const connection = connect(effect.channel)
      if (effect.kind === 'resend-command') connection.dispatcher.postpone(effect)
      else connection.dispatcher.withdraw([effect.commandId])
    }
    write.outbox.put.forEach((command, index) => {
      if (command.attempt > 1) return
      const sequence = sequences[index] ?? 0
      const outboxCommand: OutboxCommand = { ...command, sequence }
      connect(command.channel).dispatcher.deliver([outboxCommand])
    })
  }

  function notifyListeners(work: Work, execution: Execution): void {
    const change: ExecutionChange = {
      execution,
      created: work.before === undefined,
      finished:
        execution.finishedAt !== undefined && work.before?.finishedAt !== execution.finishedAt,
      incidentChanged: work.before?.incident !== execution.incident,
    }
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        // What is committed must be dispatched and answered, whatever an onlooker makes of it.
        log.error({ err: error, executionId: execution.id }, 'a listener failed')
      }
    }
  }

  function connect(name: string): Connection {
    return connectionsByName.get(name) ?? open(options.createQueue(name))
  }

  function open(channel: Channel): Connection {
    const dispatcher = createDispatcher({ channel, store, clock, log })
    const connection = { channel, dispatcher }
    connectionsByName.set(channel.name, connection)
    const host: ChannelHost = {
      now: () => clock.now(),
      report: (reports) => reportDeliveries(reports, channel.name, submitReport, newId),
      roomAgain: () => dispatcher.scan(),
    }
    void channel
      .start(host)
      .then(() => dispatcher.scan())
      .catch((error: unknown) => {
        log.error({ err: error, channel: channel.name }, 'channel cannot be started')
      })
    if (stopping) {
      dispatcher.stop()
      void channel.stop(0)
    }
    return connection
  }

  function submit(request: Request): void {
    if (stopping) {
      throw new SignalboxError('STOPPING', 'expected a running Signalbox, found it stopping', {
        retryAfterMs: 1_000,
      })
    }
    messages += 1
    loop.submit(request)
  }

  /** Results are taken while stopping too: the work is done, and must not be lost. */
  function submitReport(request: Request): void {
    messages += 1
    loop.submitInternal(request)
  }

  function wake(executionId: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    loop.submitInternal({
      executionId,
      messages: (execution, now) => dueTimerMessages(execution, now, newId),
      settle: (outcome) => (outcome.kind === 'failed' ? reject(outcome.error) : resolve()),
      conflicts: 0,
    })
    return promise
  }

  return {
    flows: createFlowDirectory(store, registry, context, () => clock.now()),
    executions: createExecutionDirectory({
      store,
      registry,
      waiters,
      isUnderWay: (id) => cache.get(id) !== undefined,
      submit,
      newId,
      now: () => clock.now(),
    }),
    async start() {
      await registry.load()
      for (const channel of options.channels) open(channel)
      for (const name of await store.outboxChannels()) connect(name)
      wakeUp.start()
    },
    async stop(graceMs) {
      stopping = true
      wakeUp.stop()
      for (const { dispatcher } of connectionsByName.values()) dispatcher.stop()
      await Promise.all([...connectionsByName.values()].map(({ channel }) => channel.stop(graceMs)))
      await loop.drained()
      waiters.release()
    },
    queue(name): WorkQueue {
      if (!connectionsByName.has(name) && connectionsByName.size >= limits.channels) {
        throw new SignalboxError(
          'CHANNEL_NOT_FOUND',
          `expected the name of a channel in use, found '${name}', and ${limits.channels} channels are open`,
        )
      }
      const { channel } = connect(name)
      if (!isWorkQueue(channel)) {
        throw new SignalboxError(
          'CHANNEL_NOT_A_QUEUE',
          `expected a channel of type queue, found '${name}' of type ${channel.type}`,
        )
      }
      return channel
    },
    channels: () =>
      [...connectionsByName.values()].map(({ channel }) => ({
        name: channel.name,
        type: channel.type,
        held: channel.held(),
        workers: isWorkQueue(channel) ? channel.workers() : [],
      })),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stats() {
      const nextWakeAt = wakeUp.nextAt()
      return {
        startedAt,
        inboundMessages: loop.waiting(),
        cachedExecutions: cache.size(),
        commits,
        messages,
        stopping,
        ...(nextWakeAt === undefined ? {} : { nextWakeAt }),
        ...(commitFailedAt === undefined ? {} : { commitFailedAt }),
      }
    },
  }
}

/** The due timers of an execution, as messages, earliest first. */
function dueTimerMessages(
  execution: Execution | undefined,
  at: number,
  newId: (now: number) => string,
): readonly Message[] {
  if (execution === undefined || execution.status === 'paused') return []
  return execution.timers
    .filter((timer) => timer.at <= at)
    .toSorted((one, other) => one.at - other.at)
    .map((timer) => ({ kind: 'fire-timer', id: newId(at), at, timerId: timer.id }))
}
