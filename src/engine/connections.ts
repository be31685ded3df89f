import { type Channel, type ChannelHost, isWorkQueue } from '../channel/channel.ts'
import type { Store } from '../store/store.ts'
import { type ClaimingDispatcher, createClaimingDispatcher } from './claiming-dispatcher.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import type { ChannelStatus } from './engine.ts'
import type { Log } from './log.ts'
import type { Membership } from './membership.ts'
import type { Clock } from './options.ts'

/** A channel, and what brings commands to it. */
export interface Connection {
  readonly channel: Channel
  readonly dispatcher: Dispatcher
}

/** The channels that are open, by name. */
export interface Connections {
  /** Opens a channel; one that cannot be started is logged, and tries again by itself. */
  open(channel: Channel): Connection
  get(name: string): Connection | undefined
  size(): number
  all(): Iterable<Connection>
  /** In a shared store: executions were written by other replicas. */
  changedElsewhere(executionIds: readonly string[]): void
  /** In a shared store: in these channels there may be something to claim; absent: in all. */
  lookAgain(channels?: readonly string[]): void
  /** In a shared store: what was claimed may be others' now. */
  leaseEnded(): void
  leaseBegun(): void
  status(): readonly ChannelStatus[]
}

interface ConnectionsDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Present in a shared store. */
  readonly membership: Membership | undefined
  readonly turnEnded: () => Promise<void>
  readonly hostOf: (channel: Channel, dispatcher: Dispatcher) => ChannelHost
}

export function createConnections(deps: ConnectionsDeps): Connections {
  const { store, clock, log, membership } = deps
  const connectionsByName = new Map<string, Connection>()
  const claimingByName = new Map<string, ClaimingDispatcher>()

  function dispatcherFor(channel: Channel): Dispatcher {
    const { sharing } = store
    if (sharing === undefined || membership === undefined) {
      return createDispatcher({ channel, store, clock, log })
    }
    const claiming = createClaimingDispatcher({
      channel,
      store,
      sharing,
      clock,
      log,
      hasLease: () => membership.checkLease(),
      turnEnded: deps.turnEnded,
      tellUnclaimed: () => membership.tell({ channels: [channel.name] }),
    })
    claimingByName.set(channel.name, claiming)
    return claiming
  }

  return {
    open(channel) {
      const dispatcher = dispatcherFor(channel)
      const connection = { channel, dispatcher }
      connectionsByName.set(channel.name, connection)
      void channel
        .start(deps.hostOf(channel, dispatcher))
        .then(() => dispatcher.scan())
        .catch((error: unknown) => {
          log.error({ err: error, channel: channel.name }, 'channel cannot be started')
        })
      return connection
    },
    get: (name) => connectionsByName.get(name),
    size: () => connectionsByName.size,
    all: () => connectionsByName.values(),
    changedElsewhere(executionIds) {
      for (const claiming of claimingByName.values()) claiming.changedElsewhere(executionIds)
    },
    lookAgain(channels = [...claimingByName.keys()]) {
      for (const name of channels) claimingByName.get(name)?.lookAgain()
    },
    leaseEnded() {
      for (const claiming of claimingByName.values()) claiming.leaseEnded()
    },
    leaseBegun() {
      for (const claiming of claimingByName.values()) claiming.leaseBegun()
    },
    status: () => [...connectionsByName.values()].map(({ channel }) => statusOf(channel)),
  }
}

function statusOf(channel: Channel): ChannelStatus {
  const trouble = channel.trouble()
  return {
    name: channel.name,
    type: channel.type,
    held: channel.held(),
    workers: isWorkQueue(channel) ? channel.workers() : [],
    ...(trouble === undefined ? {} : { trouble }),
  }
}
