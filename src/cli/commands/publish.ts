import { basename } from 'node:path'
import { Command } from 'commander'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Diagnostic } from '../../flow/diagnostic.ts'
import { type ApiClient, apiPath } from '../api/client.ts'
import type { PublishedView } from '../api/shapes.ts'
import { apiOf, type CommandContext, printJson, printLine, type ServerOptions } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { readFlowSources } from '../flow-sources.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { diagnosticsOf } from '../server/publish-files.ts'
import { escapeControls } from '../render/escape.ts'
import { withExamples, withServer } from './options.ts'

interface Outcome {
  readonly file: string
  readonly text: string
  readonly created: boolean
  readonly published?: PublishedView
  readonly diagnostics: readonly Diagnostic[]
}

/** `signalbox publish FILES…`: publishes flows to a running server. */
export function publishCommand(context: CommandContext): Command {
  const command = withServer(new Command('publish'))
    .summary('publish flows to a server')
    .description(
      'Publishes flows from files or folders. The text of the newest version again makes no new one. A flow with errors is not published: its diagnostics are printed and the exit code is 1; the others are published all the same. With --json: one JSON line for each file.',
    )
    .argument(
      '<files...>',
      'flow files, folders (their *.flow.yaml, .yml and .json), or - for stdin',
    )
    .action(async (paths: readonly string[], options: ServerOptions) => {
      const client = apiOf(context, options)
      for (const { name, text } of await readFlowSources(context, paths)) {
        const outcome = await publish(client, name, text)
        if (outcome.published === undefined) context.exit(exitCodes.failed.code)
        print(context, outcome, options.json === true)
      }
    })
  return withExamples(command, [
    ['One flow', 'signalbox publish order.flow.yaml'],
    [
      'All flows of a folder, from a pipeline',
      'SIGNALBOX_URL=https://signalbox.example signalbox publish flows/',
    ],
  ])
}

async function publish(client: ApiClient, file: string, text: string): Promise<Outcome> {
  const mediaType = file.endsWith('.json') ? 'application/json' : 'application/yaml'
  try {
    const { status, body } = await client.callWithStatus<PublishedView>(apiPath('flows'), {
      method: 'POST',
      text: { mediaType: file === 'stdin' ? 'text/plain' : mediaType, content: text },
      query: { file: basename(file) },
    })
    return { file, text, created: status === 201, published: body, diagnostics: body.diagnostics }
  } catch (error) {
    if (!(error instanceof SignalboxError) || error.code !== 'FLOW_INVALID') throw error
    return { file, text, created: false, diagnostics: diagnosticsOf(error) }
  }
}

function print(context: CommandContext, outcome: Outcome, json: boolean): void {
  const { file, text, created, published, diagnostics } = outcome
  if (json) {
    printJson(context, { file, created, ...published, diagnostics })
    return
  }
  printDiagnostics(context.terminal.talk, { file, text, diagnostics })
  if (published === undefined) return
  const what = created ? 'published' : 'unchanged'
  printLine(context, escapeControls(`${what}  ${published.flow} v${published.version}  ${file}`))
}
