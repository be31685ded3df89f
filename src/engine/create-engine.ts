import { type Channel, type ChannelHost, isWorkQueue, type WorkQueue } from '../channel/channel.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import { type Execution, isFinished } from '../kernel/model/execution.ts'
import type { Message } from '../kernel/model/message.ts'
import type { Notice, Sharing } from '../store/sharing.ts'
import type { ExecutionWrite, WriteResult } from '../store/store.ts'
import { createAudience } from './audience.ts'
import { systemClock } from './clock.ts'
import { type Connection, createConnections } from './connections.ts'
import { createDeadLetterDirectory } from './dead-letter-directory.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Engine, ExecutionChange } from './engine.ts'
import { createExecutionCache } from './execution-cache.ts'
import { createExecutionDirectory } from './execution-directory.ts'
import { createFlowDirectory } from './flow-directory.ts'
import { createFlowRegistry, flowChangeMs } from './flow-registry.ts'
import { newUuidV7 } from './ids.ts'
import { receiveEvents } from './inbound.ts'
import { silentLog } from './log.ts'
import { createMembership, type Membership } from './membership.ts'
import type { EngineOptions } from './options.ts'
import { createOutageLog } from './outage-log.ts'
import { createRemoteChanges } from './remote-changes.ts'
import { reportDeliveries } from './reports.ts'
import type { Request } from './request.ts'
import { createTurnLoop } from './turn-loop.ts'
import { createWaiters } from './waiters.ts'
import { createWakeUp } from './wake-up.ts'
import type { Work } from './work.ts'

/** Where the caller does not say: `signalbox.yaml` has the reasons. */
const defaultReplica = { name: 'replica', leaseMs: 10_000 }

/**
 * Puts an engine together from its ports. Nothing happens before `start`. The store belongs to the
 * caller, who closes it after `stop`. On a shared store it is one replica among equals.
 */
export function createEngine(options: EngineOptions): Engine {
  const { store, log = silentLog, clock = systemClock, newId = newUuidV7 } = options
  const { sharing } = store
  const context = options.compileContext ?? {}
  const now = (): number => clock.now()
  const startedAt = now()
  const cache = createExecutionCache(limits.cachedExecutions)
  const registry = createFlowRegistry(store, context, sharing === undefined ? undefined : now)
  const waiters = createWaiters(clock)
  const audience = createAudience(log)
  let stopping = false
  let messages = 0
  let commits = 0
  let conflicts = 0
  let commitFailedAt: number | undefined

  const loop = createTurnLoop(
    {
      store,
      cache,
      registry,
      log,
      now,
      isShared: sharing !== undefined,
      mayClaim: (command) =>
        sharing !== undefined && connect(command.channel).dispatcher.wants(command),
      onCommitted,
      onConflict: () => {
        conflicts += 1
      },
      tellCommitFailed: createOutageLog(log, now),
      onDoubt,
    },
    options.inboundMessagesMax,
    store.commitsAtOnce,
  )
  const membership = sharing === undefined ? undefined : createMember(sharing)
  const wakeUp = createWakeUp({
    store,
    clock,
    log,
    wake,
    ...(membership === undefined ? {} : { share: () => membership.timerShare() }),
  })
  const connections = createConnections({
    store,
    clock,
    log,
    membership,
    turnEnded: () => loop.turnEnded(),
    hostOf,
  })
  const remoteChanges = createRemoteChanges({
    store,
    clock,
    log,
    waiters,
    isAlone: () => (membership?.replicas().length ?? 1) < 2,
    hasAudience: () => audience.hearsElsewhere(),
    onChange: (change) => audience.tell(change),
  })

  function createMember(shared: Sharing): Membership {
    const { name, leaseMs } = options.replica ?? defaultReplica
    return createMembership({
      sharing: shared,
      clock,
      log,
      replica: { id: newId(now()), name, leaseMs },
      onNotice,
      onReplicasChanged: () => {
        wakeUp.lookAgain()
        connections.lookAgain()
      },
      onLeaseEnded: () => connections.leaseEnded(),
      onLeaseBegun: () => connections.leaseBegun(),
    })
  }

  function onNotice(notice: Notice): void {
    for (const { id, revision } of notice.changed) {
      if ((cache.get(id)?.revision ?? revision) < revision) cache.forget(id)
    }
    connections.changedElsewhere(notice.changed.map(({ id }) => id))
    connections.lookAgain(notice.channels)
    remoteChanges.heard(notice.changed)
    if (notice.wakeAt !== undefined) wakeUp.expect(notice.wakeAt)
  }

  function onCommitted(work: Work, write: ExecutionWrite, result: WriteResult): void {
    commits += 1
    commitFailedAt = undefined
    if (write.wakeAt !== undefined) wakeUp.expect(write.wakeAt)
    if (result.kind === 'committed') {
      if (work.effects.length > 0) dispatch(work, write, result)
      connections.lookAgain(result.unclaimedChannels ?? [])
    }
    waiters.notify(write.execution)
    membership?.tell(newsOf(write, result))
    audience.tell(changeOf(work, write.execution))
  }

  function onDoubt(works: readonly Work[]): void {
    commitFailedAt = now()
    const effects = works.flatMap((work) => work.effects)
    for (const { channel, dispatcher } of connections.all()) {
      const closing = effects.filter(
        (effect) =>
          effect.channel === channel.name &&
          (effect.kind === 'close-command' || effect.kind === 'withdraw-command'),
      )
      dispatcher.doubt(closing.map(({ commandId }) => commandId))
    }
    wakeUp.expect(now())
  }

  function dispatch(work: Work, write: ExecutionWrite, result: Committed): void {
    for (const effect of work.effects) {
      if (effect.kind === 'send-command') continue
      const { dispatcher } = connect(effect.channel)
      if (effect.kind === 'resend-command') dispatcher.postpone(effect)
      else if (write.outbox.withdraw?.includes(effect.commandId) === true) {
        dispatcher.giveUp(effect.commandId)
      } else dispatcher.withdraw([effect.commandId])
    }
    write.outbox.put.forEach(({ claim: _claim, ...command }, index) => {
      if (command.attempt > 1) return
      const sequence = result.outboxSequences[index] ?? 0
      const isClaimed = result.claimed?.[index] ?? false
      connect(command.channel).dispatcher.deliver([{ ...command, sequence }], [isClaimed])
    })
  }

  function connect(name: string): Connection {
    return connections.get(name) ?? open(options.createQueue(name))
  }

  function open(channel: Channel): Connection {
    const connection = connections.open(channel)
    if (stopping) {
      connection.dispatcher.stop()
      void channel.stop(0)
    }
    return connection
  }

  function hostOf({ name }: Channel, dispatcher: Dispatcher): ChannelHost {
    return {
      now,
      report: (reports) => reportDeliveries(reports, name, submitReport, newId),
      roomAgain: () => dispatcher.scan(),
      mayHandOut: () => membership?.checkLease() ?? true,
      demandGrew: () => dispatcher.demandGrew(),
      confirm: (ids) => dispatcher.confirm(ids),
      reserve: async (ids, until) => (await sharing?.reserveOutbox(ids, until)) ?? [],
      receive: (events) => receiveEvents(events, submitReport),
      readPositions: () => store.readPositions(name),
      savePositions: (positions) => store.savePositions(name, positions),
      putDeadLetters: (letters) =>
        store.putDeadLetters(letters.map((letter) => ({ ...letter, channel: name }))),
    }
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
      messages: (execution, at) => dueTimerMessages(execution, at, newId),
      settle: (outcome) => (outcome.kind === 'failed' ? reject(outcome.error) : resolve()),
      conflicts: 0,
    })
    return promise
  }

  /** Every replica looks at the flows again within this time, so afterwards all know. */
  function visibleToAll(): Promise<void> {
    // Also when no other replica is known of: one may have joined a moment ago.
    if (membership === undefined) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    clock.schedule(flowChangeMs, resolve)
    return promise
  }

  async function stop(graceMs: number): Promise<void> {
    stopping = true
    wakeUp.stop()
    remoteChanges.stop()
    const open = [...connections.all()]
    for (const { dispatcher } of open) dispatcher.stop()
    await Promise.all(open.map(({ channel }) => channel.stop(graceMs)))
    await loop.drained()
    waiters.release()
    if (membership !== undefined) await handOver(membership, open)
  }

  /** What workers have in hand is theirs until their leases end; everything else is free at once. */
  async function handOver(member: Membership, open: readonly Connection[]): Promise<void> {
    try {
      for (const { channel } of open) {
        if (!isWorkQueue(channel)) continue
        for (const [until, ids] of channel.leases()) await sharing?.reserveOutbox(ids, until)
      }
      await member.leave(open.map(({ channel }) => channel.name))
    } catch (error) {
      log.warn({ err: error }, 'work could not be handed over; others take it when the lease ends')
    }
  }

  const executions = createExecutionDirectory({
    store,
    registry,
    waiters,
    // What another replica ends meanwhile is heard of, or looked up within a second.
    isUnderWay: (id) => cache.get(id) !== undefined,
    submit,
    newId,
    now,
  })

  return {
    flows: createFlowDirectory(store, registry, context, now, visibleToAll),
    executions,
    deadLetters: createDeadLetterDirectory({ store, executions }),
    async start() {
      await registry.load()
      await membership?.start()
      for (const channel of options.channels) open(channel)
      for (const name of await store.outboxChannels()) connect(name)
      wakeUp.start()
      if (membership !== undefined) remoteChanges.start()
    },
    stop,
    queue(name): WorkQueue {
      if (connections.get(name) === undefined && connections.size() >= limits.channels) {
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
    channels: () => connections.status(),
    subscribe: (listener, { elsewhere } = {}) => audience.add(listener, elsewhere),
    stats() {
      const nextWakeAt = wakeUp.nextAt()
      const turnSince = loop.turnSince()
      return {
        startedAt,
        inboundMessages: loop.waiting(),
        cachedExecutions: cache.size(),
        commits,
        conflicts,
        messages,
        stopping,
        ...(nextWakeAt === undefined ? {} : { nextWakeAt }),
        ...(turnSince === undefined ? {} : { turnSince }),
        ...(commitFailedAt === undefined ? {} : { commitFailedAt }),
        ...(membership === undefined
          ? {}
          : {
              cluster: {
                replica: membership.replicaId,
                replicas: membership.replicas(),
                hasLease: membership.checkLease(),
              },
            }),
      }
    },
  }
}

type Committed = Extract<WriteResult, { kind: 'committed' }>

/** What the other replicas are told of a write. */
function newsOf({ execution, wakeAt }: ExecutionWrite, result: WriteResult): Partial<Notice> {
  const { id, revision } = execution
  return {
    changed: [{ id, revision, finished: isFinished(execution) }],
    ...(result.kind === 'committed' && result.unclaimedChannels !== undefined
      ? { channels: result.unclaimedChannels }
      : {}),
    ...(wakeAt === undefined ? {} : { wakeAt }),
  }
}

function changeOf({ before, facts }: Work, execution: Execution): ExecutionChange {
  return {
    execution,
    facts,
    isElsewhere: false,
    created: before === undefined,
    finished: execution.finishedAt !== undefined && before?.finishedAt !== execution.finishedAt,
    incidentChanged: before?.incident !== execution.incident,
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
