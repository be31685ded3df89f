import { loadConfiguration } from '../config/load.ts'
import type { CompileContext } from '../flow/compilation.ts'
import type { Diagnostic } from '../flow/diagnostic.ts'
import { checkFlow } from '../flow/index.ts'
import { configurationFlags } from './commands/options.ts'
import { type CommandContext, printJson, say } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { readFlowSources } from './flow-sources.ts'
import { printDiagnostics, summary } from './print-diagnostics.ts'
import { compileContextOf } from './server/compile-context.ts'

export interface CheckOptions {
  readonly explore: boolean
  readonly strict?: boolean
  readonly json?: boolean
  readonly config?: string
}

/** What `signalbox check` does: prints what is wrong with flows, and sets the exit code. */
export async function checkFlows(
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
    } else printDiagnostics(context.terminal.data, { file: name, text, diagnostics })
  }
  const has = (severity: Diagnostic['severity']) => all.some((each) => each.severity === severity)
  if (has('error') || (options.strict === true && has('warning')))
    context.exit(exitCodes.failed.code)
  if (options.json !== true) {
    const files = sources.length === 1 ? '1 flow' : `${sources.length} flows`
    say(context, `${files} checked. ${summary(context.terminal.talk, all)}`)
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
