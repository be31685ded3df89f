import { relative } from 'node:path'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { CommandContext } from './context.ts'
import { findFlowFiles } from './flow-files.ts'
import { readTextFile } from './read-input.ts'

/** The text of one flow, and what to call it in messages. */
export interface NamedFlowSource {
  readonly name: string
  readonly text: string
}

/** The flows that a command line names: files, folders, `-` for stdin. Throws FILE_UNREADABLE. */
export async function readFlowSources(
  context: CommandContext,
  paths: readonly string[],
): Promise<readonly NamedFlowSource[]> {
  const sources: NamedFlowSource[] = []
  for (const path of paths) {
    if (path === '-') {
      sources.push({ name: 'stdin', text: await context.readStdin() })
      continue
    }
    const files = await findFlowFiles([path], context.cwd)
    if (files.length === 0) {
      throw new SignalboxError(
        'FILE_UNREADABLE',
        `expected flows (*.flow.yaml, *.flow.yml, *.flow.json) in ${path}, found none`,
      )
    }
    for (const file of files) {
      const name = relative(context.cwd, file) || file
      sources.push({ name, text: await readTextFile(context, file) })
    }
  }
  return sources
}
