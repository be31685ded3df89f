import type { Flow } from '../../kernel/model/flow.ts'
import type { Locate } from '../compilation.ts'
import type { Diagnostic, Fix, Severity } from '../diagnostic.ts'
import { type DiagnosticCode, diagnosticKinds } from './catalogue.ts'

/** A place in the document, as keys and indexes from the root. */
export type Path = readonly (string | number)[]

/** What a check found, before it is known where in the text it stands. */
export interface Finding {
  readonly code: DiagnosticCode
  /** A sentence: what was expected, then what was found. */
  readonly message: string
  readonly path: Path
  /** Differs from the code's usual severity where this finding is less certain. */
  readonly severity?: Severity
  readonly trace?: readonly string[]
  readonly fix?: Fix
}

/** One check of a compiled flow. Pure; `locate` is for finding the places of fixes. */
export type Check = (flow: Flow, locate: Locate) => readonly Finding[]

/** Turns findings into diagnostics, in the order of the text. */
export function toDiagnostics(
  findings: readonly Finding[],
  locate: Locate,
  file: string | undefined,
): readonly Diagnostic[] {
  return findings
    .map((finding) => toDiagnostic(finding, locate, file))
    .toSorted((a, b) => a.range.startOffset - b.range.startOffset)
}

function toDiagnostic(finding: Finding, locate: Locate, file: string | undefined): Diagnostic {
  const { code, message, path, trace, fix } = finding
  return {
    code,
    severity: finding.severity ?? diagnosticKinds[code].severity,
    message,
    ...(file === undefined ? {} : { file }),
    range: locate(path, 'key'),
    path,
    ...(trace === undefined ? {} : { trace }),
    ...(fix === undefined ? {} : { fix }),
  }
}
