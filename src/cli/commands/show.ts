import { Command } from 'commander'
import type { ExecutionView } from '../../http/wire/execution-view.ts'
import type { FactView } from '../../http/wire/fact-view.ts'
import { findExecution } from '../api/find-execution.ts'
import { factOfView, readJournal } from '../api/journal.ts'
import { apiOf, type CommandContext, printJson, printLine, type ServerOptions } from '../context.ts'
import { followTimeline } from '../follow-timeline.ts'
import { escapeControlsInLines } from '../render/escape.ts'
import { renderExecutionHeader } from '../render/execution-header.ts'
import { renderTimeline } from '../render/timeline.ts'
import { timelineOptions } from '../timeline-options.ts'
import { withExamples, withServer } from './options.ts'

interface ShowOptions extends ServerOptions {
  readonly facts?: boolean
  readonly follow?: boolean
  readonly all?: boolean
}

/** `signalbox show EXECUTION`: one execution, its journal as a timeline, its state. */
export function showCommand(context: CommandContext): Command {
  const command = withServer(new Command('show'))
    .summary('show an execution: status, timeline, state')
    .description(
      'Shows how an execution is, what it waits for, its journal as a timeline (times relative to the start, attempts that follow each other in one line), and its state.',
    )
    .argument('<execution>', 'its id, or a business key that only one execution has')
    .option('--facts', 'print the facts of the journal as they are, one JSON line each')
    .option('-f, --follow', 'go on printing what happens until it ends')
    .option('--all', 'one line for each attempt, nothing folded')
    .action(async (execution: string, options: ShowOptions) => {
      const client = apiOf(context, options)
      const found = await findExecution(client, execution)
      if (options.follow === true) {
        const json = options.json === true || options.facts === true
        if (!json) printHeader(context, found)
        const isEnd = (fact: FactView) => fact.kind === 'finished'
        await followTimeline(context, client, { id: found.id, json, isEnd })
        return
      }
      if (options.facts === true) {
        for await (const page of readJournal(client, found.id)) {
          for (const fact of page) printJson(context, fact)
        }
        return
      }
      const facts: FactView[] = []
      for await (const page of readJournal(client, found.id)) facts.push(...page)
      if (options.json === true) {
        printJson(context, { ...found, journal: facts })
        return
      }
      printHeader(context, found)
      const fold = options.all !== true
      printLine(
        context,
        renderTimeline(facts.map(factOfView), { ...timelineOptions(context), fold }),
      )
      const { paint } = context.terminal.data
      const state = escapeControlsInLines(JSON.stringify(found.state, null, 2))
      printLine(context, `\n${paint('bold', 'state')}\n${state}`)
    })
  return withExamples(command, [
    ['By business key', 'signalbox show 4711'],
    ['Watch it', 'signalbox show 4711 --follow'],
    [
      'How often each kind of fact is in it',
      'signalbox show 4711 --facts | jq -r .kind | sort | uniq -c',
    ],
  ])
}

function printHeader(context: CommandContext, execution: ExecutionView): void {
  const { terminal } = context
  const header = renderExecutionHeader(execution, {
    paint: terminal.data.paint,
    symbols: terminal.symbols,
    unicode: terminal.unicode,
    now: Date.now(),
  })
  printLine(context, `${header}\n`)
}
