import { Command } from 'commander'
import type { CheckOptions } from '../check-flows.ts'
import type { CommandContext } from '../context.ts'
import { withExamples } from './options.ts'

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
    .action(async (paths: readonly string[], options: CheckOptions) => {
      // Loaded when needed: the commands that only call a server stay quick.
      const { checkFlows } = await import('../check-flows.ts')
      await checkFlows(context, paths, options)
    })
  return withExamples(command, [
    ['A folder, for a pipeline', 'signalbox check --strict flows/'],
    ['What an editor holds', 'signalbox check - < order.flow.yaml'],
  ])
}
