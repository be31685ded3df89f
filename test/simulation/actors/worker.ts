import type { DeliveryReport, LeasedCommand } from '../../../src/channel/channel.ts'
import type { SimFlow } from '../flows/sim-flow.ts'
import type { Acknowledged } from '../model/acknowledged.ts'
import type { HandOuts } from '../model/hand-outs.ts'
import type { Services } from '../model/services.ts'
import { call } from '../replicas/network.ts'
import type { Replica } from '../replicas/replica.ts'
import type { World } from '../world.ts'

export interface WorkerDeps {
  readonly world: World
  readonly replicas: readonly Replica[]
  readonly flows: readonly SimFlow[]
  readonly handOuts: HandOuts
  readonly services: Services
  readonly acknowledged: Acknowledged
  readonly isOver: () => boolean
}

/** How a worker deals with a command, the usual way first. */
const manners = [
  'answer',
  'answer otherwise',
  'accept',
  'fail',
  'fail for good',
  'be slow',
  'prolong',
  'answer twice',
  'answer elsewhere',
  'die',
] as const
type Manner = (typeof manners)[number]

const channels = ['shop', 'yard'] as const
const answerTries = 4
const callMs = 5_000

/** A service's process that leases commands, carries them out, and answers, as well as it can. */
export function runWorker(name: string, deps: WorkerDeps): void {
  const { world, replicas, flows, handOuts, services } = deps
  const { clock, tape, story, coverage, weather } = world

  async function run(): Promise<void> {
    while (!deps.isOver()) {
      const to = replicas[tape.draw(name, replicas.length)]
      const channel = channels[tape.draw(name, channels.length)]
      if (to === undefined || channel === undefined) return
      await leaseFrom(to, channel)
      await clock.sleep(50 + tape.draw(name, 300))
    }
  }

  async function leaseFrom(to: Replica, channel: string): Promise<void> {
    const leaseMs = [5_000, 1_500, 20_000][tape.draw(name, 3)] ?? 5_000
    const waitMs = [1_000, 0, 4_000][tape.draw(name, 3)] ?? 1_000
    const max = [5, 1, 2][tape.draw(name, 3)] ?? 5
    const some = tape.chance(name, 200) ? { commands: someCommands() } : {}
    const reply = await call(world, {
      from: name,
      to,
      timeoutMs: waitMs + callMs,
      work: (engine, _life, signal) =>
        engine.queue(channel).lease({ worker: name, max, waitMs, leaseMs, signal, ...some }),
      onAnswer: (commands, { process, replicaId, leaseLosses }) => {
        const { name: giverName, isAlive } = process
        const giver = { name: giverName, replicaId: replicaId(), isAlive, leaseLosses }
        for (const { id, command } of commands) {
          story.tell(process.name, `gives ${id} ${command} to ${name} for ${leaseMs} ms`)
        }
        handOuts.given(giver, channel, name, commands, leaseMs)
      },
    })
    if (reply.kind !== 'answered') return
    for (const command of reply.value) void carryOut(command, channel, to, leaseMs)
  }

  function someCommands(): readonly string[] {
    const all = flows.flatMap(({ answers }) => Object.keys(answers))
    return all.filter((_command, index) => (index + tape.draw(name, 2)) % 2 === 0)
  }

  async function carryOut(
    command: LeasedCommand,
    channel: string,
    to: Replica,
    leaseMs: number,
  ): Promise<void> {
    const manner = drawManner()
    await clock.sleep(5 + tape.draw(name, 200))
    switch (manner) {
      case 'die':
        story.tell(name, `dies with ${command.id} in hand`)
        return
      case 'fail':
      case 'fail for good':
        await fail(command, channel, to, manner === 'fail')
        return
      case 'be slow':
        coverage.count('results after the lease')
        await clock.sleep(leaseMs + 500)
        return answer(command, channel, to, manner)
      case 'prolong':
        await prolong(command, channel, to, leaseMs)
        return answer(command, channel, to, manner)
      case 'answer twice':
        coverage.count('results given twice')
        await answer(command, channel, to, manner)
        return answer(command, channel, to, manner)
      case 'answer elsewhere': {
        const other = replicas[tape.draw(name, replicas.length)] ?? to
        if (other !== to) coverage.count('results to another replica')
        return answer(command, channel, other, manner)
      }
      case 'answer':
      case 'answer otherwise':
      case 'accept':
        return answer(command, channel, to, manner)
    }
  }

  function drawManner(): Manner {
    if (!tape.chance(name, weather.workerFaultPermille)) return 'answer'
    return manners[1 + tape.draw(name, manners.length - 1)] ?? 'answer'
  }

  async function answer(
    command: LeasedCommand,
    channel: string,
    to: Replica,
    manner: Manner,
  ): Promise<void> {
    const { id } = command
    const outcome = services.carryOut(command, () => {
      const events = answersTo(command)
      if (events.length === 0 || manner === 'accept') return { kind: 'accepted' }
      const choice = manner === 'answer otherwise' ? tape.draw(name, events.length) : 0
      return { kind: 'event', event: events[choice] ?? '' }
    })
    coverage.count(outcome.kind === 'event' ? 'results with an event' : 'results that accept')
    const report: DeliveryReport =
      outcome.kind === 'event'
        ? { kind: 'event', commandId: id, event: outcome.event, data: { n: tape.draw(name, 10) } }
        : { kind: 'accepted', commandId: id }
    await settle(report, channel, to)
  }

  function answersTo({ flow, command }: LeasedCommand): readonly string[] {
    return flows.find(({ id }) => id === flow)?.answers[command] ?? []
  }

  async function fail(
    { id }: LeasedCommand,
    channel: string,
    to: Replica,
    retryable: boolean,
  ): Promise<void> {
    coverage.count(retryable ? 'failures to be tried again' : 'failures for good')
    const reason = { code: 'BROKEN', message: 'it does not work' }
    await settle({ kind: 'failed', commandId: id, ...reason, retryable }, channel, to)
  }

  async function prolong(
    { id }: LeasedCommand,
    channel: string,
    to: Replica,
    leaseMs: number,
  ): Promise<void> {
    await clock.sleep(leaseMs / 2)
    const other = tape.draw(name, 3) === 2 ? (replicas[tape.draw(name, replicas.length)] ?? to) : to
    const reply = await call(world, {
      from: name,
      to: other,
      timeoutMs: callMs,
      work: (engine) => engine.queue(channel).extend({ worker: name, commandIds: [id], leaseMs }),
      onAnswer: (lost, { process }) => {
        if (lost.length > 0) return
        coverage.count('leases prolonged')
        story.tell(process.name, `prolongs ${id} for ${name}`)
        if (other === to) handOuts.extended([id], leaseMs)
      },
    })
    if (reply.kind === 'answered') await clock.sleep(leaseMs * 0.8)
  }

  /** Tells it until somebody has heard it, or it is given up. */
  async function settle(report: DeliveryReport, channel: string, to: Replica): Promise<void> {
    let next = to
    for (let tries = 0; tries < answerTries; tries += 1) {
      const said = report.kind === 'event' ? report.event : report.kind
      const reply = await call(world, {
        from: name,
        to: next,
        timeoutMs: callMs,
        work: (engine, { process }) => {
          story.tell(process.name, `hears of ${report.commandId}: ${said}`)
          handOuts.reported([report.commandId])
          return engine.queue(channel).settle([report])
        },
      })
      if (reply.kind !== 'answered') {
        story.tell(name, `has no answer to its result of ${report.commandId}: ${reply.kind}`)
      } else {
        const [answered] = reply.value
        if (answered?.applied === false) {
          coverage.count('results without effect')
          story.tell(name, `its result of ${report.commandId} has no effect: ${answered.reason}`)
        } else deps.acknowledged.resultApplied(report)
        return
      }
      coverage.count('requests sent again')
      await clock.sleep(500)
      next = replicas[tape.draw(name, replicas.length)] ?? to
    }
  }

  void run()
}
