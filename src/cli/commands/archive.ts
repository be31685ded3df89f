import { Command } from 'commander'
import { type ArchiveQuery, readArchive } from '../../maintenance/read-archive.ts'
import { type CommandContext, printJson, printLine, say } from '../context.ts'
import { escapeControls } from '../render/escape.ts'
import { withExamples } from './options.ts'

interface ShowOptions extends ArchiveQuery {
  readonly json?: boolean
}

/** `signalbox archive`: executions that retention has deleted. */
export function archiveCommand(context: CommandContext): Command {
  const command = new Command('archive')
    .summary('read the archive of executions that were deleted')
    .description('Reads the folder that retention has written finished executions to.')
    .addCommand(showCommand(context), { isDefault: true })
  return withExamples(command, [
    ['What became of order 4711?', 'signalbox archive show /var/lib/signalbox/archive --key 4711'],
  ])
}

function showCommand(context: CommandContext): Command {
  const command = new Command('show')
    .summary('print archived executions')
    .description(
      'Prints executions of an archive, each once. With --json: one JSON line each, with its whole journal. No server is needed.',
    )
    .argument('<folder>', 'as `retention.archive` of the configuration names it')
    .option('--id <id>', 'with this id')
    .option('-k, --key <key>', 'with this business key')
    .option('-f, --flow <flow>', 'of this flow')
    .option('--from <day>', 'that ended on this day (YYYY-MM-DD, UTC) or later')
    .option('--until <day>', 'that ended on this day or earlier')
    .option('--json', 'print JSON for programs')
    .action((folder: string, options: ShowOptions) => show(context, folder, options))
  return withExamples(command, [
    ['Of one day', 'signalbox archive show archive --from 2026-07-01 --until 2026-07-01'],
    ['A journal', 'signalbox archive show archive --id ID --json | jq .journal'],
  ])
}

async function show(
  context: CommandContext,
  folder: string,
  { json, ...query }: ShowOptions,
): Promise<void> {
  let count = 0
  const tellUnreadable = ({ file, line }: { file: string; line: number }): void =>
    say(context, `warning: ${file}:${line} cannot be read: it is cut off or damaged`)
  for await (const archived of readArchive(folder, query, tellUnreadable)) {
    count += 1
    if (json === true) {
      printJson(context, archived)
      continue
    }
    const { id, flow, key, status, finishedAt, updatedAt } = archived.execution
    const ended = new Date(finishedAt ?? updatedAt).toISOString()
    const facts = `${archived.journal.length} facts`
    printLine(context, escapeControls([ended, flow, id, key ?? '', status, facts].join('  ')))
  }
  if (count === 0) say(context, 'No execution in the archive fits.')
}
