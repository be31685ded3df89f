import type { Flow } from '../kernel/model/flow.ts'
import { checkGraph } from './check/check-graph.ts'
import type { Compilation, CompileContext, FlowSource, Locate } from './compilation.ts'
import type { Diagnostic } from './diagnostic.ts'
import { sha256 } from './expressions/sha256.ts'
import { graphOfFlow } from './graph-of-flow.ts'
import { compileDocument } from './language/compile-document.ts'
import { Cursor } from './language/cursor.ts'
import { Report } from './language/report.ts'
import { createLocate } from './source/locate.ts'
import { readSource } from './source/read-source.ts'
import { TextPositions } from './source/text-positions.ts'

/**
 * Compiles a flow's text and runs every check that needs no search: what is wrong comes back as
 * diagnostics, in the order of the text. It never throws.
 */
export function compileFlow(source: FlowSource, context: CompileContext = {}): Compilation {
  return compile(source, context).compilation
}

function compile(
  source: FlowSource,
  context: CompileContext,
): { compilation: Compilation; flow?: Flow; locate: Locate } {
  const reading = readSource(source)
  const positions = new TextPositions(source.text)
  const report = new Report(source.text, positions, source.file)
  const locate = createLocate(reading.root, positions)
  for (const problem of reading.problems) report.add({ ...problem, path: [] })
  const known = { hash: sha256(source.text), format: reading.format }
  if (reading.root === undefined) {
    if (report.diagnostics.length === 0) {
      const message = 'Expected a flow that begins with `saga:`, found an empty text.'
      report.add({ code: 'PROPERTY_MISSING', message, span: { start: 0, end: 0 }, path: [] })
    }
    return { compilation: { ...known, diagnostics: report.diagnostics }, locate }
  }
  const flow = compileDocument(new Cursor(report, reading.root, []), context)
  const found: Diagnostic[] = [...report.diagnostics]
  // The graph of a damaged text has gaps that are no mistake of the author.
  if (flow !== undefined && found.every(leavesGraphWhole)) {
    found.push(...checkGraph(flow, locate, source.file))
  }
  const diagnostics = found.toSorted(
    (left, right) => left.range.startOffset - right.range.startOffset,
  )
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error')
  const compilation: Compilation = {
    ...known,
    ...(flow === undefined || hasErrors ? {} : { flow }),
    ...(flow === undefined || flow.nodes.size === 0 ? {} : { graph: graphOfFlow(flow) }),
    diagnostics,
  }
  return {
    compilation,
    locate,
    ...(compilation.flow === undefined ? {} : { flow: compilation.flow }),
  }
}

function leavesGraphWhole({ code, severity }: Diagnostic): boolean {
  return severity !== 'error' || code.startsWith('EXPRESSION_')
}
