import type { OperatorAct } from '../../../src/engine/engine.ts'
import type { FlowStatus } from '../../../src/store/store.ts'
import type { Coverage, Happening } from '../coverage.ts'
import type { SimFlow } from '../flows/sim-flow.ts'
import type { Acknowledged } from '../model/acknowledged.ts'
import type { PublishedFlows } from '../model/published-flows.ts'
import { messageIdPrefix } from '../model/taken-once.ts'
import { call, type Reply } from '../replicas/network.ts'
import type { Replica } from '../replicas/replica.ts'
import type { World } from '../world.ts'

export interface ClientDeps {
  readonly world: World
  readonly replicas: readonly Replica[]
  readonly acknowledged: Acknowledged
  readonly published: PublishedFlows
}

/** People and programs that ask a replica for something, and ask again where that is safe. */
export interface Clients {
  start(flow: SimFlow, number: number, to: Replica): Promise<void>
  sendEvent(event: SentEvent, to: Replica): Promise<void>
  act(executionId: string, act: OperatorAct, to: Replica): Promise<Reply<unknown>>
  publish(flow: SimFlow, version: number, to: Replica): Promise<Reply<unknown>>
  setFlowStatus(flow: SimFlow, status: FlowStatus, to: Replica): Promise<Reply<unknown>>
}

export interface SentEvent {
  readonly executionId: string
  readonly event: string
  readonly n: number
  /** Makes it idempotent, so that it is sent again until it is answered. */
  readonly number?: number
}

const triesMax = 6
const timeoutMs = 5_000
const pauseMs = 700
const stream = 'client'

const acts: Readonly<Partial<Record<OperatorAct['kind'], Happening>>> = {
  retry: 'retries by operators',
  skip: 'skips',
}

export function createClients({ world, replicas, acknowledged, published }: ClientDeps): Clients {
  const { clock, tape, story, coverage } = world

  /** Asks one replica after the other until somebody answers, or refuses for good. */
  async function untilAnswered<Result>(
    to: Replica,
    ask: (to: Replica) => Promise<Reply<Result>>,
  ): Promise<Reply<Result>> {
    let next = to
    for (let tries = 1; ; tries += 1) {
      const reply = await ask(next)
      const isOpen = reply.kind === 'silence' || (reply.kind === 'refused' && reply.mayBeDone)
      if (!isOpen || tries >= triesMax) return reply
      coverage.count('requests sent again')
      await clock.sleep(pauseMs)
      next = replicas[tape.draw(stream, replicas.length)] ?? to
    }
  }

  return {
    async start(flow, number, to) {
      const id = `${flow.id}-${number}`
      const least = published.leastVersion(flow.id)
      const before = published.statusOf(flow.id)
      const reply = await untilAnswered(to, (replica) =>
        call(world, {
          from: stream,
          to: replica,
          timeoutMs,
          work: (engine) => {
            story.tell(replica.name, `is asked to start ${id}`)
            return engine.executions.start({ flow: flow.id, id, input: flow.input(number) })
          },
        }),
      )
      tellReply(world, `start of ${id}`, reply)
      if (reply.kind === 'refused') {
        coverage.count('starts refused')
        if (reply.code === 'FLOW_PAUSED') {
          coverage.count('starts refused by a paused flow')
          requireNotActive(id, flow, before)
        }
      }
      if (reply.kind !== 'answered') return
      const { execution, created } = reply.value
      coverage.count(created ? 'starts answered' : 'starts answered again')
      acknowledged.started(execution)
      if (!created) return
      if (execution.version < least) {
        world.violations.report(
          'what was published is used by every start after that',
          `${id} runs on version ${execution.version}, and version ${least} was published before`,
        )
      }
      const after = published.statusOf(flow.id)
      if (before.status === 'paused' && after.changes === before.changes) {
        world.violations.report(
          'a flow that was paused starts nothing after that',
          `${id} was started, though ${flow.id} was paused before`,
        )
      }
    },

    async sendEvent({ executionId, event, n, number }, to) {
      const messageId = number === undefined ? undefined : `${messageIdPrefix}${number}`
      const ask = (replica: Replica) =>
        call(world, {
          from: stream,
          to: replica,
          timeoutMs,
          work: (engine) => {
            story.tell(replica.name, `is told ${event} for ${executionId} ${messageId ?? ''}`)
            return engine.executions.applyEvent({
              executionId,
              event,
              data: { n },
              ...(messageId === undefined ? {} : { messageId }),
            })
          },
        })
      const reply = await (messageId === undefined ? ask(to) : untilAnswered(to, ask))
      tellReply(world, `${event} for ${executionId}`, reply)
      if (reply.kind === 'refused') coverage.count('events refused')
      if (reply.kind !== 'answered') return
      coverage.count('events answered')
      acknowledged.eventTaken(executionId, messageId, reply.value.answer)
      if (messageId === undefined || !tape.chance(stream, 300)) return
      // A sender that does not know that it was answered.
      const again = await ask(replicas[tape.draw(stream, replicas.length)] ?? to)
      if (again.kind !== 'answered') return
      coverage.count('events answered again')
      acknowledged.eventTaken(executionId, messageId, again.value.answer)
    },

    async act(executionId, act, to) {
      const reply = await call(world, {
        from: stream,
        to,
        timeoutMs,
        work: (engine) => {
          story.tell(to.name, `is asked to ${act.kind} ${executionId}`)
          return engine.executions.act(executionId, act)
        },
      })
      tellReply(world, `${act.kind} of ${executionId}`, reply)
      if (reply.kind === 'answered') {
        acknowledged.acted(reply.value)
        countAct(coverage, act)
      }
      return reply
    },

    async publish(flow, version, to) {
      const reply = await call(world, {
        from: stream,
        to,
        timeoutMs,
        work: (engine) => {
          story.tell(to.name, `is asked to publish text ${version} of ${flow.id}`)
          return engine.flows.publish({ text: flow.text(version), actor: 'ada' })
        },
      })
      tellReply(world, `publication of ${flow.id}`, reply)
      if (reply.kind === 'answered') {
        coverage.count('flow versions published')
        published.answered(flow.id, reply.value.version.version)
      }
      return reply
    },

    async setFlowStatus(flow, status, to) {
      const ended = published.statusAsked(flow.id)
      const reply = await call(world, {
        from: stream,
        to,
        timeoutMs,
        work: (engine) => {
          story.tell(to.name, `is asked to make ${flow.id} ${status}`)
          return engine.flows.setStatus(flow.id, status)
        },
      })
      tellReply(world, `${flow.id} ${status}`, reply)
      if (reply.kind === 'answered' && status === 'paused') coverage.count('flows paused')
      ended(reply.kind === 'answered' ? status : undefined)
      return reply
    },
  }

  function requireNotActive(
    id: string,
    flow: SimFlow,
    before: ReturnType<PublishedFlows['statusOf']>,
  ): void {
    const after = published.statusOf(flow.id)
    if (before.status !== 'active' || after.changes !== before.changes) return
    world.violations.report(
      'a flow that was made active starts executions after that',
      `${id} was refused, though ${flow.id} was active before`,
    )
  }
}

function countAct(coverage: Coverage, act: OperatorAct): void {
  const happening = acts[act.kind]
  if (happening !== undefined) coverage.count(happening)
}

function tellReply(world: World, what: string, reply: Reply<unknown>): void {
  const said = reply.kind === 'refused' ? `refused: ${reply.code}` : reply.kind
  world.story.tell(stream, `${what}: ${said}`)
}
