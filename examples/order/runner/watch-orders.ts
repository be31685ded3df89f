import {
  type Client,
  type ExecutionSummary,
  hasEnded,
  SignalboxClientError,
} from '@signalbox/client'
import { type OrderStory, orderStory } from './order-story.ts'

/** How many orders there are of each outcome; of all runs on this store. */
export interface OrderCounts {
  readonly delivered: number
  readonly rolledBack: number
  readonly failed: number
  readonly underWay: number
  readonly incidents: number
}

/** The orders as Signalbox has them: asked again and again, so that what is shown is what is. */
export interface OrderWatch {
  counts(): OrderCounts
  /** The latest orders, newest first. */
  latest(): readonly OrderStory[]
  /** Asks now. */
  refresh(): Promise<void>
}

const latestOrders = 12
const ordersPerPage = 50
/** Ended orders that are remembered as told, so that none is told twice. */
const toldMax = 10_000

/**
 * @param onEnded is told of each order that has ended since the watch began, once
 */
export function createOrderWatch(client: Client, onEnded: (story: OrderStory) => void): OrderWatch {
  const stories = new Map<string, { readonly revision: number; readonly story: OrderStory }>()
  const told = new Set<string>()
  let since = new Date()
  let counts: OrderCounts = { delivered: 0, rolledBack: 0, failed: 0, underWay: 0, incidents: 0 }
  let latest: readonly OrderStory[] = []

  async function refresh(): Promise<void> {
    try {
      counts = await readCounts(client)
      const page = await client.list({ flow: 'order', sort: '-startedAt', limit: latestOrders })
      latest = await Promise.all(page.items.map(storyOf))
      await tellEnded()
    } catch (error) {
      // The server is stopping or gone; who watches it says so.
      if (!(error instanceof SignalboxClientError)) throw error
    }
    forgetOld()
  }

  async function tellEnded(): Promise<void> {
    const askedAt = new Date()
    // A little overlap, because times are those of the commit, not of its visibility.
    const updatedAfter = new Date(since.getTime() - 1_000).toISOString()
    const query = { flow: 'order', updatedAfter, sort: 'updatedAt', limit: ordersPerPage } as const
    for await (const execution of client.listAll(query)) {
      if (!hasEnded(execution) || told.has(execution.id)) continue
      told.add(execution.id)
      onEnded(await storyOf(execution))
    }
    since = askedAt
  }

  async function storyOf(execution: ExecutionSummary): Promise<OrderStory> {
    const known = stories.get(execution.id)
    if (known?.revision === execution.revision) return known.story
    const story = orderStory(execution, await client.journal(execution.id))
    stories.set(execution.id, { revision: execution.revision, story })
    return story
  }

  function forgetOld(): void {
    dropOldest(stories, ordersPerPage * 4)
    dropOldest(told, toldMax)
  }

  return { counts: () => counts, latest: () => latest, refresh }
}

async function readCounts(client: Client): Promise<OrderCounts> {
  const { executions, incidents } = await client.flow('order')
  const count = (...statuses: readonly ExecutionSummary['status'][]): number =>
    statuses.reduce((sum, status) => sum + (executions[status] ?? 0), 0)
  return {
    delivered: count('completed'),
    rolledBack: count('rolled-back'),
    failed: count('failed', 'cancelled'),
    underWay: count('running', 'waiting', 'compensating', 'paused', 'incident'),
    incidents,
  }
}

function dropOldest(items: Set<string> | Map<string, unknown>, max: number): void {
  for (const key of items.keys()) {
    if (items.size <= max) return
    items.delete(key)
  }
}
