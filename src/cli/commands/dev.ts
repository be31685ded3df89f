import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { withConfiguration, withExamples } from './options.ts'

/** `signalbox dev [PATHS…]`: the server for someone who writes flows. */
export function devCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('dev'))
    .summary('run a server for writing flows: check and publish on save')
    .description(
      'Runs a server and watches folders of flows: each save is checked (as `signalbox check` does) and, without errors, published. Log level is warn unless you say otherwise.',
    )
    .argument('[paths...]', 'folders or files of flows', ['.'])
    .option('--memory', 'keep nothing: the same as --store memory:')
    .option('--no-explore', 'check only the text and the graph; faster')
    .option('--json', 'print the address as JSON on stdout')
    .action(async (paths: readonly string[], options: Record<string, unknown>) => {
      // Loaded when needed: the commands that only call a server stay quick.
      const { runDev } = await import('../server/run-dev.ts')
      await runDev(context, paths, options)
    })
  return withExamples(command, [
    ['Write flows in this folder', 'signalbox dev flows/'],
    ['Begin from nothing each time', 'signalbox dev flows/ --memory'],
  ])
}
