import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { collect, withConfiguration, withExamples } from './options.ts'

/** `signalbox start`: the server. */
export function startCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('start'))
    .summary('run the server')
    .description(
      'Runs the server: brings back what was under way, publishes the configured flows, and serves the API. Ends on SIGTERM or Ctrl-C after what is under way has ended. Prints `listening on URL` on stderr (with --json: one line of JSON on stdout) when it is ready.',
    )
    .option(
      '--flows <path>',
      'folder or file of flows to publish; may be given several times',
      collect,
    )
    .option('--json', 'print the address as JSON on stdout')
    .action(async (options: Record<string, unknown>) => {
      // Loaded when needed: the commands that only call a server stay quick.
      const { runStart } = await import('../server/run-start.ts')
      await runStart(context, options)
    })
  return withExamples(command, [
    ['On this machine, with the flows of a folder', 'signalbox start --flows flows/'],
    [
      'One of several replicas: started again elsewhere, it shares the work',
      'signalbox start --store postgres://signalbox:secret@db/signalbox',
    ],
    ['Only for trying: nothing is kept', 'signalbox start --store memory: --port 0'],
  ])
}
