import { Command } from 'commander'
import { loadConfiguration } from '../../config/load.ts'
import type { CompileContext } from '../../flow/compilation.ts'
import type { Diagnostic } from '../../flow/diagnostic.ts'
import { checkFlow } from '../../flow/index.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { readFlowSources } from '../flow-sources.ts'
import { compileContextOf } from '../compile-context.ts'
import { countDiagnostics, printDiagnostics } from '../print-diagnostics.ts'
import { configurationFlags, withExamples } from './options.ts'

interface CheckOptions {
  readonly explore: boolean
  readonly strict?: boolean
  readonly json?: boolean
  readonly config?: string
}

/** `signalbox check FILES…`: checks flows without a server. */
export function checkCommand(context: CommandContext): Command {
  const command = new Command('check')
    .summary('check flows as a compiler does')
    .description(
      'Checks flows without a server and prints what is wrong with file, line and column. Also explores every order of events, timers and failures for executions that get stuck and effects that are left behind. Exit code 1 if there are errors. Channels and names of a signalbox.yaml beside you are known to the checker. With --json: one JSON line for each file.',
    )
    .argument(
      '<files...>',
      'flow files, folders (their *.flow.yaml, .yml and .json), or - for stdin',
    )
    .option('--explore', 'explore the state space (the default)')
    .option('--no-explore', 'only the text and the graph; faster')
    .option('--strict', 'exit code 1 also if there are warnings')
    .option('-c, --config <file>', 'configuration file (SIGNALBOX_CONFIG; default signalbox.yaml)')
    .option('--json', 'print JSON for programs')
    .action((paths: readonly string[], options: CheckOptions) => check(context, paths, options))
  return withExamples(command, [
    ['A folder, for a pipeline', 'signalbox check --strict flows/'],
    ['What an editor holds', 'signalbox check - < order.flow.yaml'],
  ])
}

async function check(
  context: CommandContext,
  paths: readonly string[],
  options: CheckOptions,
): Promise<void> {
  const compileContext = contextOf(context, options)
  const all: Diagnostic[] = []
  const sources = await readFlowSources(context, paths)
  for (const { name, text } of sources) {
    const format = formatOf(name)
    const { diagnostics, hash, flow } = checkFlow(
      { text, file: name, ...(format === undefined ? {} : { format }) },
      compileContext,
      { explore: options.explore },
    )
    all.push(...diagnostics)
    if (options.json === true) {
      printJson(context, { file: name, flow: flow?.id ?? null, hash, diagnostics })
    } else printDiagnostics(context, context.terminal.data, { file: name, text, diagnostics })
  }
  const { errors, warnings, text } = countDiagnostics(all)
  if (errors > 0 || (options.strict === true && warnings > 0)) context.exit(exitCodes.failed.code)
  if (options.json !== true) {
    const files = sources.length === 1 ? '1 flow' : `${sources.length} flows`
    say(context, `${files} checked: ${text}`)
  }
}

function contextOf(context: CommandContext, options: CheckOptions): CompileContext {
  const flags = configurationFlags({ ...options })
  return compileContextOf(loadConfiguration({ env: context.env, cwd: context.cwd, flags }))
}

function formatOf(name: string): 'yaml' | 'json' | undefined {
  if (name.endsWith('.json')) return 'json'
  return /\.ya?ml$/.test(name) ? 'yaml' : undefined
}
