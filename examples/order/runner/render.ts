import type { OrderStory } from './order-story.ts'
import { fit, type Paint, visibleCharacters } from './paint.ts'
import type { ServiceState } from './services.ts'
import type { OrderCounts } from './watch-orders.ts'

/** All that the live view shows. */
export interface View {
  readonly url: string
  readonly serverPid: number
  readonly startedAtMs: number
  readonly nowMs: number
  readonly counts: OrderCounts
  /** How many of them had ended before this run. */
  readonly endedEarlier: number
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

/** The terminal, in characters. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** From this width on, lines say all that they could. */
const wideColumns = 100
/** Below this height, empty lines are left out. */
const tallRows = 34
const latestMin = 3

/** The dashboard, as lines that fit the terminal. Pure. */
export function dashboard(view: View, size: Size, paint: Paint): readonly string[] {
  const space = size.rows < tallRows ? [] : ['']
  const above = [...head(view, size, space, paint), '', `  ${paint('bold', 'Latest orders')}`]
  const below = [
    '',
    ...lookCloser(view, paint),
    ...space,
    ...view.news.map((news) => `  ${paint('yellow', news)}`),
    `  ${paint('dim', 'i p s: stop or start inventory, payment, shipment    q: quit')}`,
  ]
  const latestMax = Math.max(latestMin, size.rows - above.length - below.length)
  const latest = view.latest
    .slice(0, latestMax)
    .map((story) => `  ${storyLine(story, view.nowMs, paint, size.columns - 2)}`)
  return [...above, ...latest, ...below].slice(0, size.rows).map((line) => fit(line, size.columns))
}

function head(view: View, size: Size, space: readonly string[], paint: Paint): readonly string[] {
  const running = paint('dim', `running for ${duration(view.nowMs - view.startedAtMs)}`)
  const earlier =
    view.endedEarlier === 0 ? '' : `    ${paint('dim', `${view.endedEarlier} in earlier runs`)}`
  const processes = [{ name: 'signalbox', pid: view.serverPid }, ...view.services]
  const isWide = size.columns >= wideColumns
  return [
    ...space,
    `  ${paint('bold', 'Signalbox')}  the order example    ${running}`,
    ...space,
    `  ${countsLine(view.counts, paint)}`,
    `  ${bar(view.counts, paint)}${earlier}`,
    ...space,
    `  ${processes.map((each) => processText(each, isWide, paint)).join(isWide ? '    ' : '   ')}`,
  ]
}

function lookCloser(view: View, paint: Paint): readonly string[] {
  const example = view.latest.find(({ status }) => status === 'rolled-back') ?? view.latest[0]
  const server = view.url === defaultUrl ? '' : ` --url ${view.url}`
  return [
    `  ${paint('bold', 'Look closer')}  ${paint('dim', 'in a second terminal')}`,
    `  API and its page   ${paint('cyan', `${view.url}/docs`)}`,
    `  all orders         npm run signalbox -- list --flow order${server}`,
    `  one order          npm run signalbox -- show ${example?.orderId ?? 'ORDER'}${server}`,
    `  books and journals ${view.auditCommand}`,
    `  logs               ${view.logFolder}`,
  ]
}

/** How many orders there are of each outcome: one line. */
export function countsLine(counts: OrderCounts, paint: Paint): string {
  const parts = [
    paint('green', `${counts.delivered} delivered`),
    paint('magenta', `${counts.rolledBack} rolled back`),
    paint('red', `${counts.failed} failed`),
    `${counts.underWay} under way`,
  ]
  if (counts.incidents > 0) parts.push(paint('bold', `${counts.incidents} need a person`))
  return parts.join('    ')
}

function bar(counts: OrderCounts, paint: Paint): string {
  const parts = [
    [counts.delivered, 'green'],
    [counts.rolledBack, 'magenta'],
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

function processText({ name, pid }: Process, isWide: boolean, paint: Paint): string {
  return pid === undefined
    ? `${paint('red', '○')} ${name} ${paint('dim', 'stopped')}`
    : `${paint('green', '●')} ${name} ${paint('dim', isWide ? `pid ${pid}` : String(pid))}`
}

const tookCharacters = 7

/**
 * One order: what became of it, how long it took, the path it went, and why. Where the line is too
 * short for the whole path, as much of it as fits.
 */
export function storyLine(
  story: OrderStory,
  nowMs: number,
  paint: Paint,
  columns = Number.POSITIVE_INFINITY,
): string {
  const { sign, style } = signs[story.status]
  const time = duration((story.finishedAtMs ?? nowMs) - story.startedAtMs)
  const start = `${paint(style, sign)} ${paint('bold', story.orderId)} ${paint('dim', time.padStart(tookCharacters))}  `
  const reason = story.reason === undefined ? '' : `  ${paint('dim', story.reason)}`
  const lines = [wholePath, laterPath, furthestState, furthestInShort].map(
    (path) => `${start}${path(story, paint)}${reason}`,
  )
  return lines.find((line) => visibleCharacters(line) <= columns) ?? lines.at(-1) ?? ''
}

/** Every state, and what was undone. */
function wholePath({ steps }: OrderStory, paint: Paint): string {
  const parts = steps.map(({ kind, name }, index) => {
    if (kind === 'undone') return ` ${paint('magenta', `↶ ${name}`)}`
    return index === 0 ? name : ` → ${name}`
  })
  return parts.join('')
}

/** Without the state in which all of them begin. */
function laterPath(story: OrderStory, paint: Paint): string {
  return story.steps.length < 3
    ? wholePath(story, paint)
    : wholePath({ ...story, steps: story.steps.slice(1) }, paint)
}

/** The state before things went wrong, else the last one; and what was undone. */
function furthestState(story: OrderStory, paint: Paint): string {
  const undone = story.steps.filter(({ kind }) => kind === 'undone')
  return [furthest(story), ...undone.map(({ name }) => paint('magenta', `↶ ${name}`))].join(' ')
}

/** A sign for each that was undone. */
function furthestInShort(story: OrderStory, paint: Paint): string {
  const undone = story.steps.filter(({ kind }) => kind === 'undone')
  const signs = undone.length === 0 ? '' : ` ${paint('magenta', '↶'.repeat(undone.length))}`
  return `${furthest(story)}${signs}`
}

function furthest({ steps, status }: OrderStory): string {
  const states = steps.filter(({ kind }) => kind === 'entered')
  const isFailed = status === 'failed' || status === 'rolled-back'
  return states.at(isFailed && states.length > 1 ? -2 : -1)?.name ?? ''
}

const signs = {
  running: { sign: '…', style: 'dim' },
  waiting: { sign: '…', style: 'dim' },
  compensating: { sign: '…', style: 'magenta' },
  incident: { sign: '!', style: 'red' },
  paused: { sign: '‖', style: 'yellow' },
  completed: { sign: '✓', style: 'green' },
  failed: { sign: '✗', style: 'red' },
  'rolled-back': { sign: '↶', style: 'magenta' },
  cancelled: { sign: '✗', style: 'dim' },
} as const satisfies Record<OrderStory['status'], object>

/** 320ms, 4.1s, 2m 5s: as the command line writes it. */
export function duration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)}ms`
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1)}s`
  return `${Math.floor(durationMs / 60_000)}m ${Math.floor((durationMs % 60_000) / 1_000)}s`
}
