import type { Flow } from '../kernel/model/flow.ts'
import { checkGraph } from './check/check-graph.ts'
import { exploreFlow } from './check/explore/explore-flow.ts'
import type { Compilation, CompileContext, FlowSource, Locate } from './compilation.ts'
import type { Diagnostic } from './diagnostic.ts'
import { sha256 } from './expressions/sha256.ts'
import { graphOfFlow } from './graph-of-flow.ts'
import { compileDocument } from './language/compile-document.ts'
import { Cursor } from './language/cursor.ts'
import { Report } from './language/report.ts'
import { createLocate } from './source/locate.ts'
import { readSource } from './source/read-source.ts'
import type { SourceReading } from './source/source-node.ts'
import { TextPositions } from './source/text-positions.ts'

/**
 * Compiles a flow's text and runs every check that needs no search: what is wrong comes back as
 * diagnostics, in the order of the text. It never throws.
 */
export function compileFlow(source: FlowSource, context: CompileContext = {}): Compilation {
  return compile(source, context).compilation
}

/**
 * Compiles, and with `explore: true` also runs the flow against every order of what can happen. The
 * search takes longer than compiling: milliseconds for a usual saga, about a second at its bound.
 */
export function checkFlow(
  source: FlowSource,
  context: CompileContext = {},
  options: { readonly explore?: boolean } = {},
): Compilation {
  const { compilation, locate } = compile(source, context)
  if (compilation.flow === undefined || options.explore !== true) return compilation
  const { file } = source
  const found = exploreFlow(compilation.flow, locate, file === undefined ? {} : { file })
  const diagnostics = inOrder([...compilation.diagnostics, ...found])
  if (!found.some(isError)) return { ...compilation, diagnostics }
  const { flow: _, ...rest } = compilation
  return { ...rest, diagnostics }
}

function compile(
  source: FlowSource,
  context: CompileContext,
): { readonly compilation: Compilation; readonly locate: Locate } {
  const reading = readSource(source)
  const positions = new TextPositions(source.text)
  const report = new Report(source.text, positions, source.file)
  const locate = createLocate(reading.root, positions)
  for (const problem of reading.problems) report.add({ ...problem, path: [] })
  // Where the text itself is broken, what it seems to say is no finding.
  const meaning = isBroken(reading) ? new Report(source.text, positions, source.file) : report
  const flow = compileRoot(reading, meaning, context)
  const found = [...report.diagnostics]
  // The graph of a damaged text has gaps that are no mistake of the author.
  if (flow !== undefined && found.every(leavesGraphWhole)) {
    found.push(...checkGraph(flow, locate, source.file))
  }
  const compilation: Compilation = {
    ...(flow === undefined || found.some(isError) ? {} : { flow }),
    ...(flow === undefined || flow.nodes.size === 0 ? {} : { graph: graphOfFlow(flow) }),
    diagnostics: inOrder(found),
    hash: sha256(source.text),
    format: reading.format,
  }
  return { compilation, locate }
}

function compileRoot(
  { root, problems }: SourceReading,
  report: Report,
  context: CompileContext,
): Flow | undefined {
  if (root !== undefined) return compileDocument(new Cursor(report, root, []), context)
  if (problems.length > 0) return undefined
  const message = 'Expected a flow that begins with `saga:`, found an empty text.'
  report.add({ code: 'PROPERTY_MISSING', message, span: { start: 0, end: 0 }, path: [] })
  return undefined
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((left, right) => left.range.startOffset - right.range.startOffset)
}

function isBroken({ problems }: SourceReading): boolean {
  return problems.some(({ code }) => code === 'YAML_SYNTAX' || code === 'JSON_SYNTAX')
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}

function leavesGraphWhole(diagnostic: Diagnostic): boolean {
  return !isError(diagnostic) || diagnostic.code.startsWith('EXPRESSION_')
}
