import { loadConfiguration } from '../../config/load.ts'
import { configurationFlags } from '../commands/options.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { compose } from '../compose.ts'
import { createLog } from './log.ts'
import { reportPublications, startOrTell } from './report-publications.ts'
import { prepareToServe } from './serve.ts'

/** What `signalbox start` does: the server, until a signal. */
export async function runStart(
  context: CommandContext,
  options: Record<string, unknown>,
): Promise<void> {
  const configuration = loadConfiguration({
    env: context.env,
    flags: configurationFlags(options),
    cwd: context.cwd,
  })
  const log = createLog(configuration, context.terminal)
  const serveUntilSignal = prepareToServe(context, log)
  for (const warning of configuration.warnings) log.warn({}, warning)
  const signalbox = await compose(configuration, log)
  const { url, publications } = await startOrTell(context, signalbox)
  reportPublications(context, publications)
  if (options['json'] === true) printJson(context, { url, pid: process.pid })
  say(context, `listening on ${url}`)
  await serveUntilSignal(signalbox)
}
