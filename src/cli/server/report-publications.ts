import { relative } from 'node:path'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Signalbox } from '../compose.ts'
import { type CommandContext, say } from '../context.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import type { FilePublication } from './publish-files.ts'
import { escapeControls } from '../render/escape.ts'

/** Starts, and prints the findings of flows that keep it from starting. */
export async function startOrTell(
  context: CommandContext,
  signalbox: Signalbox,
): ReturnType<Signalbox['start']> {
  try {
    return await signalbox.start()
  } catch (error) {
    if (error instanceof SignalboxError && Array.isArray(error.details['publications'])) {
      reportPublications(context, error.details['publications'].filter(isPublication))
    }
    throw error
  }
}

/** Says on stderr what was published, and what was found in it. */
export function reportPublications(
  context: CommandContext,
  publications: readonly FilePublication[],
): void {
  const { talk } = context.terminal
  for (const { file, text, published, diagnostics } of publications) {
    const name = relative(context.cwd, file)
    printDiagnostics(talk, { file: name, text, diagnostics })
    if (published === undefined) continue
    const { version, created } = published
    const what = created ? talk.paint('green', 'published') : talk.paint('dim', 'unchanged')
    say(context, `${what}  ${escapeControls(`${version.flow} v${version.version}  ${name}`)}`)
  }
}

function isPublication(value: unknown): value is FilePublication {
  return typeof value === 'object' && value !== null && 'file' in value && 'diagnostics' in value
}
