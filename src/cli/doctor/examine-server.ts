import { type ApiClient, apiPath } from '../api/client.ts'
import type { ClusterView, DeadLetterPage, Page } from '../api/shapes.ts'
import { type Finding, ok, problem, reasonOf, warning } from './finding.ts'

/** A command that has been due for longer than this waits for somebody who does not come. */
const outboxSecondsMax = 300
const timersLateSecondsMax = 30

/** What a running server says of itself and of what it keeps. */
export async function examineServer(client: ApiClient): Promise<readonly Finding[]> {
  const origin = client.url.origin
  const findings: Finding[] = []
  try {
    const { status, body } = await client.callWithStatus<{ status: string }>('health/ready', {
      alsoWanted: [503],
    })
    findings.push(
      status === 503
        ? problem('server', `${origin} is not ready`, 'signalbox health says why.')
        : ok('server', `${origin} is ${body.status}`),
    )
    for (const examine of [examineCluster, examineMetrics, examineIncidents, examineDeadLetters]) {
      findings.push(...(await examine(client)))
    }
  } catch (error) {
    // What was found before stands: a server that is not ready answers little else.
    findings.push(
      warning(
        'server',
        findings.length === 0
          ? `not looked at: ${reasonOf(error)}`
          : `not looked at further: ${reasonOf(error)}`,
        findings.length === 0
          ? 'Start it, or say with --url and --token where it is and who you are. Incidents, dead letters and the liveness ledger are asked of it.'
          : 'Look again when this is mended, or with a token that may look (--token): incidents, dead letters and the liveness ledger are asked of it.',
      ),
    )
  }
  return findings
}

async function examineCluster(client: ApiClient): Promise<readonly Finding[]> {
  const { lease, channels, replicas } = await client.call<ClusterView>(apiPath('cluster'))
  const troubles = channels.flatMap(({ name, trouble }) =>
    trouble === undefined
      ? []
      : [
          problem(
            `channel ${name}`,
            `does not work since ${trouble.since}: ${trouble.detail}`,
            'Bring back what it needs; commands wait meanwhile.',
          ),
        ],
  )
  const names = replicas.map(({ name }) => name)
  const taken = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  const sameNames = [...taken].map((name) =>
    warning(
      'replicas',
      `more than one is named ${name}`,
      'Give each its own replica.name. If one of them was killed just now, it passes with its lease.',
    ),
  )
  troubles.push(...sameNames)
  return lease === 'lost'
    ? [
        problem(
          'lease',
          'the lease of the replica has ended',
          'Look at the store and the machine: it could not prolong it in time.',
        ),
        ...troubles,
      ]
    : troubles
}

async function examineMetrics(client: ApiClient): Promise<readonly Finding[]> {
  const text = await (await client.open('metrics', { headers: { accept: 'text/plain' } })).text()
  const unwakeable = valuesOf(text, 'signalbox_executions_unwakeable').get('') ?? 0
  const late = valuesOf(text, 'signalbox_timers_late_seconds').get('') ?? 0
  const outbox = valuesOf(text, 'signalbox_outbox_oldest_seconds')
  const waiting = [...outbox].filter(([, seconds]) => seconds > outboxSecondsMax)
  return [
    unwakeable > 0
      ? problem(
          'liveness ledger',
          `${unwakeable} executions that nothing could wake`,
          'A mistake of Signalbox: please report it with a journal. signalbox move or cancel helps them on.',
        )
      : ok('liveness ledger', 'every unfinished execution has something that will wake it'),
    late > timersLateSecondsMax
      ? problem(
          'timers',
          `the earliest has been due for ${Math.round(late)} s`,
          'Look at load and commit times.',
        )
      : ok('timers', 'none is late'),
    ...waiting.map(([labels, seconds]) =>
      warning(
        `outbox${labels}`,
        `its first command has been due for ${Math.round(seconds)} s`,
        'signalbox workers: is anybody there who takes it?',
      ),
    ),
    ...(waiting.length === 0 ? [ok('outbox', 'no command waits for long')] : []),
  ]
}

/** The values of a metric, by its labels as they are written. */
function valuesOf(text: string, name: string): ReadonlyMap<string, number> {
  const pattern = new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm')
  return new Map(
    [...text.matchAll(pattern)].map(([, labels = '', value]) => [labels, Number(value)]),
  )
}

async function examineIncidents(client: ApiClient): Promise<readonly Finding[]> {
  const { items, nextCursor } = await client.call<Page<unknown>>(apiPath('executions'), {
    query: { incident: true, status: 'incident', limit: 500 },
  })
  if (items.length === 0) return [ok('incidents', 'none')]
  const count = nextCursor === undefined ? String(items.length) : `more than ${items.length}`
  return [
    warning(
      'incidents',
      `${count} executions wait for a person`,
      'signalbox list --incident shows them; retry, skip or roll back.',
    ),
  ]
}

async function examineDeadLetters(client: ApiClient): Promise<readonly Finding[]> {
  const { counts } = await client.call<DeadLetterPage>(apiPath('dead-letters'), {
    query: { limit: 1 },
  })
  const found = Object.entries(counts).map(([channel, count]) => `${count} of ${channel}`)
  return [
    found.length === 0
      ? ok('dead letters', 'none')
      : warning(
          'dead letters',
          found.join(', '),
          'signalbox dead-letters shows them with their reasons; resend or remove them.',
        ),
  ]
}
