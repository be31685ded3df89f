import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/load.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { checkFlow } from '../../flow/index.ts'
import { configurationFlags } from '../commands/options.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { findFlowFiles } from '../flow-files.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { escapeControls } from '../render/escape.ts'
import { compileContextOf } from './compile-context.ts'
import { compose, type Signalbox } from '../compose.ts'
import { createLog } from './log.ts'
import { publishFiles } from './publish-files.ts'
import { prepareToServe } from './serve.ts'
import { watchFolders } from './watch-folders.ts'

/** What `signalbox dev` does: a server that checks and publishes on save, until a signal. */
export async function runDev(
  context: CommandContext,
  paths: readonly string[],
  options: Record<string, unknown>,
): Promise<void> {
  const flags = configurationFlags(options)
  const configuration = loadConfiguration({
    env: { SIGNALBOX_LOG_LEVEL: 'warn', ...context.env },
    flags: options['memory'] === true ? { ...flags, '--store': 'memory:' } : flags,
    cwd: context.cwd,
  })
  const log = createLog(configuration, context.terminal)
  const serveUntilSignal = prepareToServe(context, log)
  for (const warning of configuration.warnings) log.warn({}, warning)
  const folders = paths.map((path) => resolve(context.cwd, path))
  await findFlowFiles(folders, context.cwd)

  const signalbox = await compose(configuration, log)
  const { url } = await signalbox.start()
  const bench: Bench = {
    context,
    configuration,
    signalbox,
    folders,
    explore: options['explore'] !== false,
  }
  const known = new Map<string, string>()
  const found = await publishChanged(bench, known)
  if (options['json'] === true) printJson(context, { url, pid: process.pid })
  greet(context, url, paths, found)

  const watching = watchFolders(folders, async () => {
    try {
      await publishChanged(bench, known)
    } catch (error) {
      log.error({ err: error }, 'the flows could not be read')
    }
  })
  const stop = async () => {
    watching.close()
    await signalbox.stop()
  }
  await serveUntilSignal({ stop })
}

interface Bench {
  readonly context: CommandContext
  readonly configuration: Configuration
  readonly signalbox: Signalbox
  readonly folders: readonly string[]
  readonly explore: boolean
}

/** Checks and publishes what differs from what is known; answers with the flows that are there. */
async function publishChanged(
  bench: Bench,
  known: Map<string, string>,
): Promise<readonly string[]> {
  const { context, folders } = bench
  const flows: string[] = []
  const files = new Set(await existingFiles(folders, context.cwd))
  for (const file of known.keys()) {
    if (files.has(file)) continue
    known.delete(file)
    say(context, `gone       ${relative(context.cwd, file)}  (what was published stays)`)
  }
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined || known.get(file) === text) continue
    known.set(file, text)
    const flow = await checkAndPublish(bench, file, text)
    if (flow !== undefined) flows.push(flow)
  }
  return flows
}

async function existingFiles(folders: readonly string[], cwd: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const folder of folders) {
    try {
      found.push(...(await findFlowFiles([folder], cwd)))
    } catch (error) {
      // It was there at the start, so it is gone for a moment (a branch is being changed).
      if (!(error instanceof SignalboxError)) throw error
    }
  }
  return found
}

async function checkAndPublish(
  { context, configuration, signalbox, explore }: Bench,
  file: string,
  text: string,
): Promise<string | undefined> {
  const { talk } = context.terminal
  const name = relative(context.cwd, file)
  const format = file.endsWith('.json') ? 'json' : 'yaml'
  const source = { text, format, file: name } as const
  const checked = checkFlow(source, compileContextOf(configuration), { explore })
  printDiagnostics(talk, { file: name, text, diagnostics: checked.diagnostics })
  if (
    checked.flow === undefined ||
    checked.diagnostics.some(({ severity }) => severity === 'error')
  ) {
    say(context, `${talk.paint('red', 'not published')}  ${escapeControls(name)}`)
    return undefined
  }
  const [publication] = await publishFiles(signalbox.engine, [file], 'signalbox dev')
  if (publication?.published === undefined) return undefined
  const { version, created } = publication.published
  const what = created ? talk.paint('green', 'published') : talk.paint('dim', 'unchanged')
  say(context, `${what}  ${escapeControls(`${version.flow} v${version.version}  ${name}`)}`)
  return version.flow
}

function greet(
  context: CommandContext,
  url: string,
  paths: readonly string[],
  flows: readonly string[],
): void {
  const { paint } = context.terminal.talk
  const at = new URL(url).port === '7700' ? '' : ` --url ${url}`
  const flow = flows[0] ?? 'FLOW'
  say(context, `\nlistening on ${url}`)
  say(context, paint('dim', `  API           ${url}/docs`))
  say(context, paint('dim', `  watching      ${paths.join(', ')}`))
  say(context, paint('dim', `  start one     signalbox run ${flow} --input '{}'${at}`))
  say(context, paint('dim', `  see them      signalbox list${at}`))
  say(context, paint('dim', '  end           Ctrl-C\n'))
}
