import type { LeasedCommand, LeaseRequest } from '../channel.ts'
import type { Schedule } from '../schedule.ts'

/** Long polls that wait for commands, served in the order in which they came. */
export interface Polls {
  wait(request: LeaseRequest): Promise<readonly LeasedCommand[]>
  /** Serves what waits, once this turn has put everything there: fewer, fuller answers. */
  serveSoon(): void
  isAnyWaiting(): boolean
  /** What those that wait ask for; absent: one of them asks for everything. */
  wanted(): ReadonlySet<string> | undefined
  /** Answers every poll with nothing. */
  stop(): void
}

interface Poll {
  readonly request: LeaseRequest
  readonly answer: (commands: readonly LeasedCommand[]) => void
}

/** @param lease leases what is ready now to one poll */
export function createPolls(
  schedule: Schedule,
  lease: (request: LeaseRequest) => readonly LeasedCommand[],
): Polls {
  const waiting = new Set<Poll>()
  let serving = false

  function serve(): void {
    serving = false
    for (const poll of waiting) {
      const commands = lease(poll.request)
      if (commands.length > 0) poll.answer(commands)
    }
  }

  return {
    wait(request) {
      if (request.signal?.aborted === true) return Promise.resolve([])
      const commands = lease(request)
      if (commands.length > 0 || request.waitMs <= 0) return Promise.resolve(commands)
      const { promise, resolve } = Promise.withResolvers<readonly LeasedCommand[]>()
      const poll: Poll = {
        request,
        answer(answered) {
          cancelTimeout()
          request.signal?.removeEventListener('abort', giveUp)
          waiting.delete(poll)
          resolve(answered)
        },
      }
      const giveUp = (): void => poll.answer([])
      const cancelTimeout = schedule(request.waitMs, giveUp)
      request.signal?.addEventListener('abort', giveUp)
      waiting.add(poll)
      return promise
    },
    serveSoon() {
      if (serving || waiting.size === 0) return
      serving = true
      queueMicrotask(serve)
    },
    isAnyWaiting: () => waiting.size > 0,
    wanted() {
      const names = new Set<string>()
      for (const { request } of waiting) {
        if (request.commands === undefined) return undefined
        for (const name of request.commands) names.add(name)
      }
      return names
    },
    stop() {
      for (const poll of waiting) poll.answer([])
    },
  }
}
