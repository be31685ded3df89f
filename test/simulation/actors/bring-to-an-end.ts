import { expectedEvents } from '../../../src/kernel/waiting-for.ts'
import type { Execution } from '../../../src/kernel/model/execution.ts'
import type { Flow } from '../../../src/kernel/model/flow.ts'
import { unfinished } from '../model/stored-executions.ts'
import type { Replica } from '../replicas/replica.ts'
import type { World } from '../world.ts'
import type { Clients } from './clients.ts'

interface HelperDeps {
  readonly world: World
  readonly replicas: readonly Replica[]
  readonly clients: Clients
  readonly flowOf: (flow: string, version: number) => Flow | undefined
  readonly goOn: (until: number) => Promise<void>
  readonly goOnWhile: (promise: Promise<unknown>) => Promise<void>
  readonly isOk: () => boolean
  /** What has to be so whenever everything works. */
  readonly checkInCalm: () => Promise<void>
}

const roundMs = 5_000
/** Services answer by themselves; people only help where nothing else can. */
const roundsOfHelp = 40
const roundsMax = 50
const operator = { actor: 'ada', reason: 'clearing up' }

/** Everything works again: people help on what waits for them, until everything has ended. */
export async function bringToAnEnd(deps: HelperDeps): Promise<void> {
  const { world, replicas, goOn, isOk } = deps
  // Whatever was under way: leases end, processes that were halted have gone on, clients give up.
  await goOn(world.clock.now() + 40_000)
  for (let round = 0; isOk(); round += 1) {
    await deps.checkInCalm()
    const open = unfinished(world.stored)
    if (open.length === 0) return
    if (round >= roundsMax) {
      const left = open.map(({ id, status, node }) => `${id} ${status} in ${node}`)
      world.violations.report('every execution can be brought to its end', left.join(', '))
      return
    }
    const to = replicas[round % replicas.length]
    if (to === undefined) return
    await deps.goOnWhile(Promise.all(open.map((execution) => helpOn(deps, execution, to, round))))
    await goOn(world.clock.now() + roundMs)
  }
}

async function helpOn(
  { clients, flowOf }: HelperDeps,
  execution: Execution,
  to: Replica,
  round: number,
): Promise<void> {
  const { id, status, flow, version } = execution
  if (round >= roundsOfHelp) {
    await clients.act(id, { kind: 'cancel', ...operator }, to)
  } else if (status === 'paused') {
    await clients.act(id, { kind: 'resume', ...operator }, to)
  } else if (status === 'incident') {
    const skipped = await clients.act(id, { kind: 'skip', ...operator }, to)
    if (skipped.kind === 'refused') await clients.act(id, { kind: 'retry', ...operator }, to)
  } else if (execution.pending.length === 0) {
    const compiled = flowOf(flow, version)
    const events = compiled === undefined ? [] : expectedEvents(compiled, execution)
    const event = events[round % Math.max(1, events.length)]
    if (event !== undefined) await clients.sendEvent({ executionId: id, event, n: round % 10 }, to)
  }
}
