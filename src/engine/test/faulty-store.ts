import type { Sharing } from '../../store/sharing.ts'
import type { Store } from '../../store/store.ts'

/** A real store that fails when it is told to. */
export interface FaultyStore {
  readonly store: Store
  /** The process has died: nothing that was asked is answered any more. */
  cut(): void
  /** Commits from now on fail, so many of them: before they are stored, or after. */
  failCommits(count: number, when: 'before' | 'after'): void
  /** Carried out before each commit; another writer comes in between. */
  beforeCommit(action: () => Promise<void>): void
  /** Reads from now on fail, so many of them. */
  failReads(count: number): void
  /** What is read of the outbox from now on is answered when the result is called. */
  holdOutbox(): () => void
  /** What this replica tells the others from now on is lost, and what they tell it. */
  loseNotices(): void
  /** Claims from now on fail, so many of them, after they are stored. */
  failClaims(count: number): void
  /** Whether something was asked that is not answered yet. */
  isBusy(): boolean
  /** How many commits were asked for. */
  commits(): number
  /** How many rows of the outbox were read. */
  outboxRowsRead(): number
}

export function createFaultyStore(target: Store): FaultyStore {
  const never = new Promise<never>(() => {})
  let isCut = false
  let failing: { count: number; readonly when: 'before' | 'after' } = { count: 0, when: 'before' }
  let failingReads = 0
  let failingClaims = 0
  let losesNotices = false
  let commits = 0
  let outboxRowsRead = 0
  let asked = 0
  let outboxAnswers: Promise<void> = Promise.resolve()
  let beforeCommit = (): Promise<void> => Promise.resolve()

  async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isCut) return never
    asked += 1
    try {
      return await work()
    } finally {
      asked -= 1
      if (isCut) await never
    }
  }

  function read<Result>(work: () => Promise<Result>): Promise<Result> {
    return guarded(() => {
      if (failingReads <= 0) return work()
      failingReads -= 1
      return Promise.reject(new Error('the disk cannot be read'))
    })
  }

  function faultySharing(shared: Sharing): Sharing {
    return {
      join: (replica) => guarded(() => shared.join(replica)),
      renew: () => guarded(() => shared.renew()),
      leave: () => guarded(() => shared.leave()),
      replicas: () => guarded(() => shared.replicas()),
      claimOutbox: (query) =>
        guarded(async () => {
          const rows = await shared.claimOutbox(query)
          if (failingClaims <= 0) return rows
          failingClaims -= 1
          throw new Error('the network did not answer')
        }),
      readClaimed: (ids) => guarded(() => shared.readClaimed(ids)),
      readWithdrawn: (channel) => guarded(() => shared.readWithdrawn(channel)),
      letGo: (ids) => guarded(() => shared.letGo(ids)),
      releaseOutbox: (ids) => guarded(() => shared.releaseOutbox(ids)),
      releaseOutboxExcept: (channel, ids) =>
        guarded(() => shared.releaseOutboxExcept(channel, ids)),
      reserveOutbox: (ids, until) => guarded(() => shared.reserveOutbox(ids, until)),
      announce: (notice) =>
        guarded(async () => {
          if (!losesNotices) await shared.announce(notice)
        }),
      listen: (listener) =>
        guarded(() =>
          shared.listen((notice) => {
            if (!losesNotices && !isCut) listener(notice)
          }),
        ),
    }
  }

  const store: Store = {
    name: target.name,
    ...(target.commitsAtOnce === undefined ? {} : { commitsAtOnce: target.commitsAtOnce }),
    ...(target.sharing === undefined ? {} : { sharing: faultySharing(target.sharing) }),
    commit: (writes) =>
      guarded(async () => {
        commits += 1
        await beforeCommit()
        const fails = failing.count > 0
        if (fails) failing.count -= 1
        if (fails && failing.when === 'before') throw new Error('the disk is full')
        const results = await target.commit(writes)
        if (fails) throw new Error('the disk did not answer')
        return results
      }),
    readExecutions: (ids) => read(() => target.readExecutions(ids)),
    readInbox: (keys) => read(() => target.readInbox(keys)),
    findByKey: (flow, key) => read(() => target.findByKey(flow, key)),
    readJournal: (id, page) => read(() => target.readJournal(id, page)),
    readOutbox: (query) =>
      read(async () => {
        const rows = await target.readOutbox(query)
        outboxRowsRead += rows.length
        await outboxAnswers
        return rows
      }),
    readOutboxCommands: (ids) => read(() => target.readOutboxCommands(ids)),
    nextDueAt: (channel, after) => read(() => target.nextDueAt(channel, after)),
    outboxChannels: () => read(() => target.outboxChannels()),
    readDueTimers: (until, limit, share) => read(() => target.readDueTimers(until, limit, share)),
    nextWakeAt: (share) => read(() => target.nextWakeAt(share)),
    readPositions: (channel) => read(() => target.readPositions(channel)),
    savePositions: (channel, positions) => guarded(() => target.savePositions(channel, positions)),
    putDeadLetters: (letters) => guarded(() => target.putDeadLetters(letters)),
    listDeadLetters: (query) => read(() => target.listDeadLetters(query)),
    readDeadLetters: (numbers) => read(() => target.readDeadLetters(numbers)),
    removeDeadLetters: (numbers) => guarded(() => target.removeDeadLetters(numbers)),
    countDeadLetters: () => read(() => target.countDeadLetters()),
    readFinishedBefore: (time, limit) => read(() => target.readFinishedBefore(time, limit)),
    deleteExecutions: (ids) => guarded(() => target.deleteExecutions(ids)),
    listExecutions: (query) => read(() => target.listExecutions(query)),
    countExecutions: (filter) => read(() => target.countExecutions(filter)),
    flowCounts: (flow) => read(() => target.flowCounts(flow)),
    nodeCounts: (flow) => read(() => target.nodeCounts(flow)),
    findUnwakeable: (limit) => read(() => target.findUnwakeable(limit)),
    publishFlow: (version) => guarded(() => target.publishFlow(version)),
    readFlowVersion: (flow, version) => read(() => target.readFlowVersion(flow, version)),
    listFlowVersions: (flow) => read(() => target.listFlowVersions(flow)),
    listFlows: () => read(() => target.listFlows()),
    listFlowHeads: () => read(() => target.listFlowHeads()),
    setFlowStatus: (flow, status) => guarded(() => target.setFlowStatus(flow, status)),
    probe: () => guarded(() => target.probe()),
    close: () => target.close(),
  }
  return {
    store,
    cut: () => {
      isCut = true
    },
    failCommits: (count, when) => {
      failing = { count, when }
    },
    beforeCommit: (action) => {
      beforeCommit = action
    },
    failReads: (count) => {
      failingReads = count
    },
    holdOutbox() {
      const { promise, resolve } = Promise.withResolvers<void>()
      outboxAnswers = promise
      return resolve
    },
    loseNotices: () => {
      losesNotices = true
    },
    failClaims: (count) => {
      failingClaims = count
    },
    isBusy: () => asked > 0,
    commits: () => commits,
    outboxRowsRead: () => outboxRowsRead,
  }
}
