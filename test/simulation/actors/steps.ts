import type { OperatorAct } from '../../../src/engine/engine.ts'
import type { SimFlow } from '../flows/sim-flow.ts'
import type { Replica } from '../replicas/replica.ts'
import type { Step } from '../tape.ts'
import { drawWeather, type Weather } from '../weather.ts'
import type { World } from '../world.ts'
import type { Clients } from './clients.ts'

/** What a step may do, and how often in comparison: the first is the mildest. */
const kinds = [
  ['start', 260],
  ['event', 160],
  ['message', 140],
  ['act', 140],
  ['crash', 70],
  ['stop', 30],
  ['halt', 70],
  ['store-away', 40],
  ['publish', 30],
  ['pause-flow', 30],
  ['weather', 30],
] as const
type Kind = (typeof kinds)[number][0]

/** How long after the step before. */
const gapsMs = [100, 20, 0, 500, 2_000, 6_000] as const

export function gapMsOf({ gap }: Step): number {
  return gapsMs[gap % gapsMs.length] ?? 0
}

const actKinds = [
  'resume',
  'retry',
  'skip',
  'pause',
  'roll-back',
  'move',
  'cancel',
  'pause',
] as const
const awayMs = [300, 0, 3_000, 20_000] as const
const haltMs = [800, 100, 6_000, 30_000] as const

export interface StepDeps {
  readonly world: World
  /** The weather, which steps may change. */
  readonly weather: Weather
  readonly replicas: readonly Replica[]
  readonly flows: readonly SimFlow[]
  readonly clients: Clients
}

/** Takes the steps of the tape: what people, programs and bad luck do to Signalbox. */
export function createStepTaker({ world, weather, replicas, flows, clients }: StepDeps) {
  let starts = 0
  const versions = new Map<string, number>()

  function take(step: Step): void {
    const replica = pick(replicas, step.which)
    const flow = pick(flows, step.how)
    switch (kindOf(step)) {
      case 'start':
        starts += 1
        return void clients.start(flow, starts, replica)
      case 'event':
        return void sendEvent(step, replica, {})
      case 'message':
        return void sendEvent(step, replica, { number: step.more % 40 })
      case 'act':
        return void act(step, replica)
      case 'crash':
        return replica.crash(pick(awayMs, step.how))
      case 'stop':
        return replica.stop(pick(awayMs, step.how))
      case 'halt':
        return replica.halt(pick(haltMs, step.how))
      case 'store-away': {
        const forMs = pick(haltMs, step.how)
        world.story.tell(replica.name, `has no store for ${forMs} ms`)
        replica.life()?.store.awayUntil(world.clock.now() + forMs)
        return
      }
      case 'publish':
        return void publish(flow, replica)
      case 'pause-flow':
        return void pauseFlow(flow, step, replica)
      case 'weather':
        Object.assign(
          weather,
          drawWeather((below) => world.tape.draw('weather', below)),
        )
        world.story.tell('weather', JSON.stringify(weather))
    }
  }

  async function sendEvent(
    { how, which, more }: Step,
    to: Replica,
    id: { readonly number?: number },
  ): Promise<void> {
    const executionId = anExecution(how)
    if (executionId === undefined) return
    const { events } = flowOf(executionId)
    await clients.sendEvent(
      { executionId, event: pick(events, which + more), n: more % 10, ...id },
      to,
    )
  }

  async function act({ how, which, more }: Step, to: Replica): Promise<void> {
    const executionId = anExecution(how)
    if (executionId === undefined) return
    const kind = pick(actKinds, more)
    const operator = { actor: 'ada', reason: 'because' }
    const node = pick(flowOf(executionId).nodes, which)
    const request: OperatorAct =
      kind === 'move' ? { kind, node, ...operator } : { kind, ...operator }
    await clients.act(executionId, request, to)
  }

  async function publish(flow: SimFlow, to: Replica): Promise<void> {
    const version = (versions.get(flow.id) ?? 1) + 1
    versions.set(flow.id, version)
    await clients.publish(flow, version, to)
  }

  async function pauseFlow(flow: SimFlow, { more }: Step, to: Replica): Promise<void> {
    await clients.setFlowStatus(flow, 'paused', to)
    await world.clock.sleep(200 + more * 3)
    await clients.setFlowStatus(flow, 'active', pick(replicas, more))
  }

  /** The newest ones are asked for most: they are under way. */
  function anExecution(choice: number): string | undefined {
    const ids = world.stored.ids()
    return ids[ids.length - 1 - ((choice * choice) % Math.max(1, Math.min(ids.length, 8)))]
  }

  function flowOf(executionId: string): SimFlow {
    const flow = world.stored.get(executionId)?.execution.flow
    const found = flows.find(({ id }) => id === flow)
    if (found === undefined) throw new Error(`expected the flow of ${executionId}`)
    return found
  }

  return take
}

function kindOf({ kind }: Step): Kind {
  let left = kind % 1_000
  for (const [name, weight] of kinds) {
    if (left < weight) return name
    left -= weight
  }
  return 'start'
}

function pick<Item>(items: readonly Item[], choice: number): Item {
  const item = items[choice % items.length]
  if (item === undefined) throw new Error('expected something to choose from')
  return item
}
