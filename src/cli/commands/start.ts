import { Command } from 'commander'
import { loadConfiguration } from '../../config/load.ts'
import { compose } from '../compose.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { createLog } from '../log.ts'
import { reportPublications, startOrTell } from '../report-publications.ts'
import { serveUntilSignal } from '../serve.ts'
import { collect, configurationFlags, withConfiguration, withExamples } from './options.ts'

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
    .action((options: Record<string, unknown>) => start(context, options))
  return withExamples(command, [
    ['On this machine, with the flows of a folder', 'signalbox start --flows flows/'],
    ['Only for trying: nothing is kept', 'signalbox start --store memory: --port 0'],
  ])
}

async function start(context: CommandContext, options: Record<string, unknown>): Promise<void> {
  const configuration = loadConfiguration({
    env: context.env,
    flags: configurationFlags(options),
    cwd: context.cwd,
  })
  const log = createLog(configuration, context.terminal)
  for (const warning of configuration.warnings) log.warn({}, warning)
  const signalbox = await compose(configuration, log)
  const { url, publications } = await startOrTell(context, signalbox)
  reportPublications(context, publications)
  if (options['json'] === true) printJson(context, { url, pid: process.pid })
  say(context, `listening on ${url}`)
  await serveUntilSignal(context, signalbox, log)
}
