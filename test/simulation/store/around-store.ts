import type { Sharing } from '../../../src/store/sharing.ts'
import type { Store } from '../../../src/store/store.ts'

/** Carries a call of a store out, in whatever way; `writes` tells whether it changes anything. */
export type Around = <Result>(
  call: { readonly name: string; readonly writes: boolean },
  work: () => Promise<Result>,
) => Promise<Result>

/** A store all of whose calls go through one function. */
export function aroundStore(target: Store, around: Around): Store {
  const read = <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
    around({ name, writes: false }, work)
  const write = <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
    around({ name, writes: true }, work)
  const { sharing } = target
  return {
    name: target.name,
    ...(target.commitsAtOnce === undefined ? {} : { commitsAtOnce: target.commitsAtOnce }),
    ...(sharing === undefined ? {} : { sharing: aroundSharing(sharing, read, write) }),
    commit: (writes) => write('commit', () => target.commit(writes)),
    readExecutions: (ids) => read('readExecutions', () => target.readExecutions(ids)),
    readInbox: (keys) => read('readInbox', () => target.readInbox(keys)),
    findByKey: (flow, key) => read('findByKey', () => target.findByKey(flow, key)),
    readJournal: (id, page) => read('readJournal', () => target.readJournal(id, page)),
    readOutbox: (query) => read('readOutbox', () => target.readOutbox(query)),
    readOutboxCommands: (ids) => read('readOutboxCommands', () => target.readOutboxCommands(ids)),
    nextDueAt: (channel, after) => read('nextDueAt', () => target.nextDueAt(channel, after)),
    outboxChannels: () => read('outboxChannels', () => target.outboxChannels()),
    readDueTimers: (until, limit, share) =>
      read('readDueTimers', () => target.readDueTimers(until, limit, share)),
    nextWakeAt: (share) => read('nextWakeAt', () => target.nextWakeAt(share)),
    readPositions: (channel) => read('readPositions', () => target.readPositions(channel)),
    savePositions: (channel, positions) =>
      write('savePositions', () => target.savePositions(channel, positions)),
    putDeadLetters: (letters) => write('putDeadLetters', () => target.putDeadLetters(letters)),
    listDeadLetters: (query) => read('listDeadLetters', () => target.listDeadLetters(query)),
    readDeadLetters: (numbers) => read('readDeadLetters', () => target.readDeadLetters(numbers)),
    removeDeadLetters: (numbers) =>
      write('removeDeadLetters', () => target.removeDeadLetters(numbers)),
    countDeadLetters: () => read('countDeadLetters', () => target.countDeadLetters()),
    readFinishedBefore: (time, limit) =>
      read('readFinishedBefore', () => target.readFinishedBefore(time, limit)),
    deleteExecutions: (ids) => write('deleteExecutions', () => target.deleteExecutions(ids)),
    listExecutions: (query) => read('listExecutions', () => target.listExecutions(query)),
    countExecutions: (filter) => read('countExecutions', () => target.countExecutions(filter)),
    flowCounts: (flow) => read('flowCounts', () => target.flowCounts(flow)),
    nodeCounts: (flow) => read('nodeCounts', () => target.nodeCounts(flow)),
    findUnwakeable: (limit) => read('findUnwakeable', () => target.findUnwakeable(limit)),
    publishFlow: (version) => write('publishFlow', () => target.publishFlow(version)),
    readFlowVersion: (flow, version) =>
      read('readFlowVersion', () => target.readFlowVersion(flow, version)),
    listFlowVersions: (flow) => read('listFlowVersions', () => target.listFlowVersions(flow)),
    listFlowHeads: () => read('listFlowHeads', () => target.listFlowHeads()),
    listFlows: () => read('listFlows', () => target.listFlows()),
    setFlowStatus: (flow, status) =>
      write('setFlowStatus', () => target.setFlowStatus(flow, status)),
    probe: () => write('probe', () => target.probe()),
    close: () => target.close(),
  }
}

type Named = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

function aroundSharing(target: Sharing, read: Named, write: Named): Sharing {
  return {
    join: (replica) => write('join', () => target.join(replica)),
    renew: () => write('renew', () => target.renew()),
    leave: () => write('leave', () => target.leave()),
    replicas: () => read('replicas', () => target.replicas()),
    claimOutbox: (query) => write('claimOutbox', () => target.claimOutbox(query)),
    readWithdrawn: (channel) => read('readWithdrawn', () => target.readWithdrawn(channel)),
    letGo: (ids) => write('letGo', () => target.letGo(ids)),
    readClaimed: (ids) => read('readClaimed', () => target.readClaimed(ids)),
    releaseOutboxExcept: (channel, ids) =>
      write('releaseOutboxExcept', () => target.releaseOutboxExcept(channel, ids)),
    releaseOutbox: (ids) => write('releaseOutbox', () => target.releaseOutbox(ids)),
    reserveOutbox: (ids, until) => write('reserveOutbox', () => target.reserveOutbox(ids, until)),
    announce: (notice) => write('announce', () => target.announce(notice)),
    listen: (listener) => write('listen', () => target.listen(listener)),
  }
}
