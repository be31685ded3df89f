import { Command } from 'commander'
import type { ExecutionView } from '../../http/wire/execution-view.ts'
import type { FactView } from '../../http/wire/fact-view.ts'
import { apiPath } from '../api/client.ts'
import { findExecution } from '../api/find-execution.ts'
import { factOfView } from '../api/journal.ts'
import { apiOf, type CommandContext, printJson, printLine, type ServerOptions } from '../context.ts'
import { readJsonArgument } from '../read-input.ts'
import { escapeControls } from '../render/escape.ts'
import { statusText } from '../render/status.ts'
import { renderTimeline } from '../render/timeline.ts'
import { timelineOptions } from '../timeline-options.ts'
import { withExamples, withServer } from './options.ts'

/** One act of an operator: what its command is called and what it takes. */
export interface ActDefinition {
  readonly name: 'retry' | 'skip' | 'rollback' | 'cancel' | 'pause' | 'resume' | 'move'
  readonly summary: string
  readonly description: string
  readonly exampleReason: string
  /** Options besides those of every act, by their property in the body. */
  readonly options?: readonly {
    readonly property: 'data' | 'target' | 'node'
    readonly flags: string
    readonly description: string
    readonly required?: true
  }[]
}

interface ActOptions extends ServerOptions {
  readonly reason: string
  readonly dryRun?: boolean
  readonly data?: string
  readonly target?: string
  readonly node?: string
}

interface Rehearsal {
  readonly dryRun: true
  readonly execution: ExecutionView
  readonly facts: readonly FactView[]
}

/** The command of one act. Every act is a fact with actor and reason, so the reason is required. */
export function createActCommand(context: CommandContext, definition: ActDefinition): Command {
  const command = withServer(new Command(definition.name))
    .summary(definition.summary)
    .description(`${definition.description} Who did it and why is recorded in the journal.`)
    .argument('<execution>', 'its id, or a business key that only one execution has')
    .requiredOption('-r, --reason <text>', 'why; recorded in the journal')
  for (const { flags, description, required } of definition.options ?? []) {
    if (required === true) command.requiredOption(flags, description)
    else command.option(flags, description)
  }
  command
    .option('--dry-run', 'print what would happen; change nothing')
    .action((execution: string, options: ActOptions) =>
      act(context, definition, execution, options),
    )
  const extra = definition.options?.find(({ required }) => required)
  const flag =
    extra === undefined
      ? ''
      : ` ${extra.flags.replace(/<\w+>/, 'ManualCheck').replace(/^-\w, /, '')}`
  const example = `signalbox ${definition.name} 4711${flag} --reason "${definition.exampleReason}"`
  return withExamples(command, [
    [capital(definition.summary), example],
    ['What would it do?', `${example} --dry-run`],
  ])
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

async function act(
  context: CommandContext,
  definition: ActDefinition,
  execution: string,
  options: ActOptions,
): Promise<void> {
  const client = apiOf(context, options)
  const { reason, dryRun, target, node } = options
  const data =
    options.data === undefined ? undefined : await readJsonArgument(context, options.data, '--data')
  const { id } = await findExecution(client, execution)
  const body = {
    reason,
    ...(dryRun === true ? { dryRun } : {}),
    ...(data === undefined ? {} : { data }),
    ...(target === undefined ? {} : { target }),
    ...(node === undefined ? {} : { node }),
  }
  const answer = await client.call<ExecutionView | Rehearsal>(
    apiPath('executions', id, definition.name),
    { method: 'POST', body },
  )
  if (options.json === true) {
    printJson(context, answer)
    return
  }
  if ('dryRun' in answer) {
    printLine(
      context,
      `Would happen (nothing was changed):\n${renderTimeline(answer.facts.map(factOfView), { ...timelineOptions(context), fold: false })}`,
    )
    return
  }
  const { symbols, unicode } = context.terminal
  const status = statusText(answer.status, symbols, unicode)
  printLine(context, `${escapeControls(answer.id)}  ${status} in ${escapeControls(answer.node)}`)
}
