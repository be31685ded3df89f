import type { OrderStory } from './order-story.ts'
import type { Paint } from './paint.ts'
import type { ServiceState } from './services.ts'
import type { OrderCounts } from './watch-orders.ts'

/** All that the live view shows. */
export interface View {
  readonly url: string
  readonly serverPid: number
  readonly startedAtMs: number
  readonly nowMs: number
  readonly counts: OrderCounts
  readonly services: readonly ServiceState[]
  readonly latest: readonly OrderStory[]
  readonly news: readonly string[]
  readonly auditCommand: string
  readonly logFolder: string
}

interface Process {
  readonly name: string
  /** Absent while it is stopped. */
  readonly pid?: number
}

const barCharacters = 48
const defaultUrl = 'http://127.0.0.1:7700'

/** The dashboard, as lines. Pure. */
export function dashboard(view: View, paint: Paint): readonly string[] {
  const running = paint('dim', `running for ${duration(view.nowMs - view.startedAtMs)}`)
  const example = view.latest.find(({ status }) => status === 'rolled-back') ?? view.latest[0]
  const server = view.url === defaultUrl ? '' : ` --url ${view.url}`
  return [
    '',
    `  ${paint('bold', 'Signalbox')}  the order example    ${running}`,
    '',
    `  ${countsLine(view.counts, paint)}`,
    `  ${bar(view.counts, paint)}`,
    '',
    `  ${[{ name: 'signalbox', pid: view.serverPid }, ...view.services].map((service) => processText(service, paint)).join('    ')}`,
    '',
    `  ${paint('bold', 'Latest orders')}`,
    ...view.latest.map((story) => `  ${storyLine(story, view.nowMs, paint)}`),
    '',
    `  ${paint('bold', 'Look closer')}`,
    `  API and its page   ${paint('cyan', `${view.url}/docs`)}`,
    `  all orders         npm run signalbox -- list --flow order${server}`,
    `  one order          npm run signalbox -- show ${example?.orderId ?? 'ORDER'}${server}`,
    `  books and journals ${view.auditCommand}`,
    `  logs               ${view.logFolder}`,
    '',
    ...view.news.map((news) => `  ${paint('yellow', news)}`),
    `  ${paint('dim', 'i p s: stop or start inventory, payment, shipment    q: quit')}`,
  ]
}

/** How many orders there are of each outcome: one line. */
export function countsLine(counts: OrderCounts, paint: Paint): string {
  const parts = [
    paint('green', `${counts.delivered} delivered`),
    paint('yellow', `${counts.rolledBack} rolled back`),
    paint('red', `${counts.failed} failed`),
    `${counts.underWay} under way`,
  ]
  if (counts.incidents > 0) parts.push(paint('bold', `${counts.incidents} need a person`))
  return parts.join('    ')
}

function bar(counts: OrderCounts, paint: Paint): string {
  const parts = [
    [counts.delivered, 'green'],
    [counts.rolledBack, 'yellow'],
    [counts.failed, 'red'],
  ] as const
  const ended = parts.reduce((sum, [count]) => sum + count, 0)
  const all = ended + counts.underWay
  if (all === 0) return paint('dim', '·'.repeat(barCharacters))
  let left = barCharacters
  const painted = parts.map(([count, style]) => {
    const characters = Math.min(left, Math.round((count / all) * barCharacters))
    left -= characters
    return paint(style, '█'.repeat(characters))
  })
  return painted.join('') + paint('dim', '·'.repeat(left))
}

function processText({ name, pid }: Process, paint: Paint): string {
  return pid === undefined
    ? `${paint('red', '○')} ${name} ${paint('dim', 'stopped')}`
    : `${paint('green', '●')} ${name} ${paint('dim', `pid ${pid}`)}`
}

/** One order: what became of it, the path it took, why, and how long it took. */
export function storyLine(story: OrderStory, nowMs: number, paint: Paint): string {
  const { sign, style } = signs[story.status]
  const path = story.steps
    .map(({ kind, name }, index) => {
      if (kind === 'undone') return ` ${paint('yellow', `↶ ${name}`)}`
      return index === 0 ? name : ` → ${name}`
    })
    .join('')
  const reason = story.reason === undefined ? '' : `  ${paint('dim', story.reason)}`
  const time = duration((story.finishedAtMs ?? nowMs) - story.startedAtMs)
  const took = paint('dim', story.finishedAtMs === undefined ? `for ${time}` : time)
  return `${paint(style, sign)} ${paint('bold', story.orderId)}  ${path}${reason}  ${took}`
}

const signs = {
  running: { sign: '…', style: 'dim' },
  waiting: { sign: '…', style: 'dim' },
  compensating: { sign: '…', style: 'yellow' },
  incident: { sign: '!', style: 'red' },
  paused: { sign: '‖', style: 'yellow' },
  completed: { sign: '✔', style: 'green' },
  failed: { sign: '✘', style: 'red' },
  'rolled-back': { sign: '↶', style: 'yellow' },
  cancelled: { sign: '✘', style: 'dim' },
} as const satisfies Record<OrderStory['status'], object>

/** 320 ms, 4.1 s, 2 min 5 s. */
export function duration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1)} s`
  return `${Math.floor(durationMs / 60_000)} min ${Math.floor((durationMs % 60_000) / 1_000)} s`
}
