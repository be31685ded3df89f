import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import type { ExecutionSummary } from '../../http/wire/execution-view.ts'
import { type ApiClient, apiPath } from '../api/client.ts'
import type { Page } from '../api/shapes.ts'
import {
  apiOf,
  type CommandContext,
  printJson,
  printLine,
  say,
  type ServerOptions,
} from '../context.ts'
import { parseTime } from '../parse-time.ts'
import { renderExecutionTable } from '../render/execution-table.ts'
import { collect, positiveInteger, withExamples, withServer } from './options.ts'

interface ListOptions extends ServerOptions {
  readonly flow?: string
  readonly flowVersion?: number
  readonly status?: readonly string[]
  readonly node?: string
  readonly stage?: string
  readonly key?: string
  readonly search?: string
  readonly incident?: boolean
  readonly startedAfter?: string
  readonly startedBefore?: string
  readonly updatedAfter?: string
  readonly updatedBefore?: string
  readonly sort: string
  readonly limit: number
  readonly watch?: boolean
}

const watchMs = 1_000
const pageItems = 500

/** `signalbox list`: executions, filtered. */
export function listCommand(context: CommandContext): Command {
  const command = withServer(new Command('list').alias('ls'))
    .summary('list executions')
    .description('Lists executions, the newest first. With --json: one JSON line each.')
    .option('-f, --flow <flow>', 'of this flow')
    .option('--flow-version <number>', 'of this version of it', positiveInteger)
    .option(
      '-s, --status <status>',
      'with this status: running, waiting, compensating, incident, paused, completed, failed, rolled-back, cancelled; may be given several times',
      collect,
    )
    .option('-n, --node <node>', 'in this node')
    .option('--stage <stage>', 'in this stage')
    .option('-k, --key <key>', 'with this business key')
    .option('-q, --search <text>', "id, key, or the beginning of what the flow's search names")
    .option('--incident', 'with an incident')
    .option('--started-after <time>', 'ISO time, or how long ago: 10m, 2h, 3d', parseTime)
    .option('--started-before <time>', 'likewise', parseTime)
    .option('--updated-after <time>', 'likewise', parseTime)
    .option('--updated-before <time>', 'likewise', parseTime)
    .addOption(
      new Option('--sort <order>', 'a minus puts the newest first')
        .choices(['startedAt', '-startedAt', 'updatedAt', '-updatedAt'])
        .default('-startedAt'),
    )
    .option('-l, --limit <number>', 'how many at most', positiveInteger, 50)
    .option('-w, --watch', 'print again every second until Ctrl-C')
    .action((options: ListOptions) => list(context, options))
  return withExamples(command, [
    ['What needs a person?', 'signalbox list --incident'],
    [
      'What was rolled back in the last hour?',
      'signalbox list --status rolled-back --updated-after 1h',
    ],
    [
      'The keys of everything that waits',
      'signalbox list --status waiting --limit 10000 --json | jq -r .key',
    ],
  ])
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const client = apiOf(context, options)
  if (options.watch === true) {
    await watch(context, client, options)
    return
  }
  const { items, more } = await readExecutions(client, options)
  print(context, items, options)
  if (more) say(context, `There are more; --limit ${options.limit * 2} shows more of them.`)
}

async function watch(
  context: CommandContext,
  client: ApiClient,
  options: ListOptions,
): Promise<void> {
  const signal = context.interruption()
  const seen = new Map<string, number>()
  while (!signal.aborted) {
    const { items } = await readExecutions(client, options)
    if (options.json === true) {
      // For programs: a line for each execution that is new or has changed.
      print(
        context,
        items.filter(({ id, revision }) => seen.get(id) !== revision),
        options,
      )
    } else {
      if (context.terminal.data.isTerminal) context.terminal.data.write('\u001b[H\u001b[2J')
      print(context, items, options)
    }
    seen.clear()
    for (const { id, revision } of items) seen.set(id, revision)
    await sleep(watchMs, undefined, { signal })
  }
}

async function readExecutions(
  client: ApiClient,
  options: ListOptions,
): Promise<{ readonly items: readonly ExecutionSummary[]; readonly more: boolean }> {
  const items: ExecutionSummary[] = []
  let cursor: string | undefined
  do {
    const page: Page<ExecutionSummary> = await client.call(apiPath('executions'), {
      query: {
        ...filterOf(options),
        sort: options.sort,
        limit: Math.min(pageItems, options.limit - items.length),
        cursor,
      },
    })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined && items.length < options.limit)
  return { items, more: cursor !== undefined }
}

function filterOf(options: ListOptions) {
  return {
    flow: options.flow,
    version: options.flowVersion,
    status: options.status,
    node: options.node,
    stage: options.stage,
    key: options.key,
    q: options.search,
    incident: options.incident,
    startedAfter: options.startedAfter,
    startedBefore: options.startedBefore,
    updatedAfter: options.updatedAfter,
    updatedBefore: options.updatedBefore,
  }
}

function print(
  context: CommandContext,
  items: readonly ExecutionSummary[],
  options: ListOptions,
): void {
  if (options.json === true) {
    for (const item of items) printJson(context, item)
    return
  }
  if (items.length === 0) {
    say(context, 'No executions.')
    return
  }
  const { data, symbols, unicode } = context.terminal
  const table = renderExecutionTable(items, {
    paint: data.paint,
    symbols,
    unicode,
    now: Date.now(),
    ...(data.columns === undefined ? {} : { width: data.columns }),
  })
  printLine(context, table)
}
