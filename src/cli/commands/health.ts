import { Command } from 'commander'
import { apiOf, type CommandContext, printJson, printLine, type ServerOptions } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeControls } from '../render/escape.ts'
import { withExamples, withServer } from './options.ts'

interface Readiness {
  readonly status: string
  readonly version?: string
  readonly checks?: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>
  readonly channels?: readonly { readonly name: string; readonly ok: boolean }[]
}

/** `signalbox health`: whether the server is ready. */
export function healthCommand(context: CommandContext): Command {
  const command = withServer(new Command('health'))
    .summary('ask whether the server is ready')
    .description(
      'Asks the server whether it is ready: the store can be written to, its lease is held, there is room, nothing is stopping. Exit code 0 if so (also when it is degraded: a channel does not work), 5 if not: made for container health checks.',
    )
    .action(async (options: ServerOptions) => {
      const client = apiOf(context, options)
      const { status, body } = await client.callWithStatus<Readiness>('health/ready', {
        alsoWanted: [503],
      })
      if (status === 503) context.exit(exitCodes.unavailable.code)
      if (options.json === true) printJson(context, body)
      else printLine(context, describe(client.url, body))
    })
  return withExamples(command, [['In a container', 'signalbox health --url http://127.0.0.1:7700']])
}

function describe(url: URL, readiness: Readiness): string {
  const { status, version, checks = {}, channels = [] } = readiness
  const failing = Object.entries(checks)
    .filter(([, { ok }]) => !ok)
    .map(([name, { detail }]) => `\n  ${name}: ${detail ?? 'not ready'}`)
  const broken = channels
    .filter(({ ok }) => !ok)
    .map(({ name }) => `\n  ${escapeControls(name)}: this channel does not work`)
  return (
    escapeControls(`${status}  ${url.origin}  ${version ?? ''}`).trimEnd() +
    [...failing, ...broken].join('')
  )
}
