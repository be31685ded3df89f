import { basename } from 'node:path'
import type { Engine, PublishedFlow } from '../../engine/engine.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Diagnostic } from '../../flow/diagnostic.ts'
import { readTextAt } from '../read-input.ts'

/** What came of publishing one file into the engine of this process. */
export interface FilePublication {
  readonly file: string
  readonly text: string
  readonly published?: PublishedFlow
  readonly diagnostics: readonly Diagnostic[]
}

/** Publishes files one after the other; files with errors are told, not thrown. */
export async function publishFiles(
  engine: Engine,
  files: readonly string[],
  actor: string,
): Promise<readonly FilePublication[]> {
  const publications: FilePublication[] = []
  for (const file of files) publications.push(await publishFile(engine, file, actor))
  return publications
}

async function publishFile(engine: Engine, file: string, actor: string): Promise<FilePublication> {
  const text = await readTextAt(file)
  const format = file.endsWith('.json') ? 'json' : 'yaml'
  try {
    const published = await engine.flows.publish({ text, format, fileName: basename(file), actor })
    return { file, text, published, diagnostics: published.diagnostics.filter(isDiagnostic) }
  } catch (error) {
    if (!(error instanceof SignalboxError) || error.code !== 'FLOW_INVALID') throw error
    return { file, text, diagnostics: diagnosticsOf(error) }
  }
}

/** The findings that a FLOW_INVALID carries. */
export function diagnosticsOf(error: SignalboxError): readonly Diagnostic[] {
  const { diagnostics } = error.details
  return Array.isArray(diagnostics) ? diagnostics.filter(isDiagnostic) : []
}

export function isDiagnostic(value: unknown): value is Diagnostic {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'severity' in value &&
    'range' in value
  )
}
