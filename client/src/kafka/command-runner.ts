import { atEndOfTurn } from '../end-of-turn.ts'
import type { Log } from '../log.ts'
import { createNotice } from '../worker/notice.ts'
import type { StopReport } from '../worker/stop-report.ts'
import type { AnswerSender } from './answer-sender.ts'
import type { AttemptOutcome, Attempts } from './attempts.ts'
import { type Claim, Work } from './execution-work.ts'
import type { NewCommand } from './read-command.ts'
import { createRecentIds } from './recent-ids.ts'

/**
 * Carries commands out: those of one execution in order, of several executions at once. A command
 * has ended when the broker has its answer, or when there is nothing to answer.
 */
export interface CommandRunner {
  /** Takes a command over. `ended` is called once, unless the claim is lost before. Never throws. */
  accept(command: NewCommand, claim: Claim, ended: () => void): void
  /** Some claims were lost: what is not begun for them is dropped, what runs is told so. */
  claimsLost(): void
  /** Begins nothing more; what waits is dropped, and comes to another member. */
  drain(): void
  /** Fulfilled when nothing is under way, or when aborted. */
  idle(signal: AbortSignal): Promise<void>
  /** Gives up what is left. */
  close(): StopReport
}

export interface CommandRunnerOptions {
  readonly maxInFlight: number
  readonly attempts: Attempts
  readonly sender: AnswerSender
  readonly log: Log
}

/** The commands of one execution, the first of them under way. */
interface Lane {
  readonly execution: string
  readonly works: Work[]
  state: 'ready' | 'running' | 'resting' | 'sending'
  timer?: ReturnType<typeof setTimeout>
}

/** Commands that ended lately: one that is read again, after a rebalance, has ended already. */
const recentMax = 10_000

export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  const { maxInFlight, attempts, sender, log } = options
  const works = new Map<string, Work>()
  const lanes = new Map<string, Lane>()
  const recent = createRecentIds(recentMax)
  const progress = createNotice()
  let ready: Lane[] = []
  let running = 0
  let sending = 0
  let draining = false
  let closed = false
  let beginning = false

  function accept(command: NewCommand, claim: Claim, ended: () => void): void {
    if (draining) return
    if (recent.has(command.id)) return ended()
    const known = works.get(command.id)
    if (known !== undefined) return known.attach(claim, ended)
    const work = new Work(command)
    work.attach(claim, ended)
    works.set(command.id, work)
    const lane = lanes.get(command.execution)
    if (lane !== undefined) {
      lane.works.push(work)
      return
    }
    const fresh: Lane = { execution: command.execution, works: [work], state: 'ready' }
    lanes.set(command.execution, fresh)
    makeReady(fresh)
  }

  function makeReady(lane: Lane): void {
    lane.state = 'ready'
    ready.push(lane)
    if (beginning) return
    beginning = true
    atEndOfTurn(() => {
      beginning = false
      begin()
    })
  }

  function begin(): void {
    let taken = 0
    for (const lane of ready) {
      if (running >= maxInFlight) break
      taken += 1
      const work = lane.works[0]
      if (work === undefined || lane.state !== 'ready') continue
      lane.state = 'running'
      void carryOut(lane, work)
    }
    ready = ready.slice(taken)
  }

  async function carryOut(lane: Lane, work: Work): Promise<void> {
    running += 1
    work.attempts += 1
    const outcome = await attempts.make(work)
    running -= 1
    if (!closed) follow(lane, work, outcome)
    begin()
  }

  function follow(lane: Lane, work: Work, outcome: AttemptOutcome): void {
    switch (outcome.kind) {
      case 'answer':
        lane.state = 'sending'
        void send(lane, work, outcome)
        return
      case 'nothing':
        recent.add(work.command.id)
        return finish(lane, work)
      case 'again':
        // Whoever has the partition now attempts it.
        if (work.lost || draining) return finish(lane, work, 'dropped')
        lane.state = 'resting'
        lane.timer = setTimeout(() => makeReady(lane), outcome.afterMs)
    }
  }

  async function send(
    lane: Lane,
    work: Work,
    { answer }: AttemptOutcome & { readonly kind: 'answer' },
  ): Promise<void> {
    sending += 1
    const refusal = await sender.send(answer)
    sending -= 1
    if (closed) return
    if (refusal === undefined) {
      recent.add(work.command.id)
      return finish(lane, work)
    }
    lane.state = 'running'
    running += 1
    const outcome = await attempts.refused(work, refusal)
    running -= 1
    if (!closed) follow(lane, work, outcome)
  }

  function finish(lane: Lane, work: Work, how: 'ended' | 'dropped' = 'ended'): void {
    works.delete(work.command.id)
    lane.works.shift()
    if (lane.works.length === 0) lanes.delete(lane.execution)
    else makeReady(lane)
    if (how === 'ended') work.end()
    progress.give()
  }

  function claimsLost(): void {
    dropWaiting((work) => work.lost)
    for (const work of works.values()) {
      if (work.lost) work.abort(new Error(`the partition of command ${work.command.id} was lost`))
    }
  }

  function drain(): void {
    draining = true
    dropWaiting(() => true)
  }

  function dropWaiting(isDropped: (work: Work) => boolean): void {
    for (const lane of lanes.values()) {
      const isBegun = lane.state === 'running' || lane.state === 'sending'
      const kept = lane.works.filter((work, place) => (isBegun && place === 0) || !isDropped(work))
      for (const work of lane.works) if (!kept.includes(work)) works.delete(work.command.id)
      if (kept.length === lane.works.length) continue
      const wasResting = lane.state === 'resting' && kept[0] !== lane.works[0]
      lane.works.splice(0, lane.works.length, ...kept)
      if (wasResting) clearTimeout(lane.timer)
      // An empty lane that is still in the list of ready ones is passed over there.
      if (kept.length === 0) lanes.delete(lane.execution)
      else if (wasResting) makeReady(lane)
    }
    progress.give()
  }

  async function idle(signal: AbortSignal): Promise<void> {
    while (lanes.size > 0 && !signal.aborted) await progress.wait(signal)
  }

  function close(): StopReport {
    const report = { abandonedCommands: running, unsentResults: sending }
    closed = true
    for (const lane of lanes.values()) clearTimeout(lane.timer)
    for (const work of works.values()) work.abort(new Error('the worker has stopped'))
    sender.close()
    log.debug({ ...report }, 'the worker carries out no more commands')
    return report
  }

  return { accept, claimsLost, drain, idle, close }
}
