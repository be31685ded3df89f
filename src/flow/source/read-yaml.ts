import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import type { Document, ParsedNode } from 'yaml'
import { limits } from '../../kernel/limits.ts'
import { findDeepNesting } from './yaml-nesting.ts'
import { yamlProblems } from './yaml-problem.ts'
import type { SourceEntry, SourceNode, SourceProblem, SourceReading, Span } from './source-node.ts'

/** A megabyte of text holds fewer nodes than this, unless aliases multiply them. */
const nodesMax = 200_000

/** Reads YAML 1.2 (core schema: `on` and `yes` are texts). One document, no custom tags. */
export function readYaml(text: string): SourceReading {
  const deep = findDeepNesting(text)
  if (deep !== undefined) return { problems: [tooDeep(deep)] }
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    // Found by ourselves, with the place of the second key.
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
    logLevel: 'silent',
  })
  if (!Array.isArray(documents)) return { problems: [] }
  const document: Document.Parsed | undefined = documents[0]
  if (document === undefined) return { problems: [] }
  const problems = yamlProblems([...document.errors, ...document.warnings], text)
  const second: Document.Parsed | undefined = documents[1]
  if (second !== undefined) {
    problems.push({
      code: 'YAML_SYNTAX',
      message: 'Expected one document, found a second one after `---`. One file holds one flow.',
      span: { start: second.range[0], end: second.range[1] },
    })
  }
  const reader = new YamlReader(problems)
  const root = document.contents === null ? undefined : reader.read(document.contents, 0)
  return root === undefined ? { problems } : { root, problems }
}

/** Stops the reading of a document that is too large or too deep. */
class ReadingStopped {
  readonly problem: SourceProblem
  constructor(problem: SourceProblem) {
    this.problem = problem
  }
}

class YamlReader {
  readonly #problems: SourceProblem[]
  readonly #anchors = new Map<string, ParsedNode>()
  #nodes = 0

  constructor(problems: SourceProblem[]) {
    this.#problems = problems
  }

  read(node: ParsedNode, depth: number): SourceNode | undefined {
    try {
      return this.#read(node, depth)
    } catch (stopped) {
      if (!(stopped instanceof ReadingStopped)) throw stopped
      this.#problems.push(stopped.problem)
      return undefined
    }
  }

  #read(node: ParsedNode, depth: number): SourceNode {
    const span = spanOf(node)
    this.#count(span, depth)
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (target !== undefined) return this.#read(target, depth + 1)
      const message = `Expected an anchor \`&${node.source}\` before the alias, found none.`
      this.#problems.push({ code: 'YAML_SYNTAX', message, span })
      return { kind: 'scalar', span, value: null }
    }
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    if (isMap(node)) {
      const entries: SourceEntry[] = []
      const seen = new Set<string>()
      for (const pair of node.items) {
        const keyNode = pair.key as ParsedNode
        const keySpan = spanOf(keyNode)
        const key = this.#keyOf(keyNode, keySpan)
        if (key === undefined) continue
        if (seen.has(key)) this.#problems.push(duplicateKey(key, keySpan))
        seen.add(key)
        const value: SourceNode =
          pair.value === null
            ? { kind: 'scalar', span: { start: keySpan.end, end: keySpan.end }, value: null }
            : this.#read(pair.value as ParsedNode, depth + 1)
        entries.push({ key, keySpan, value })
      }
      return { kind: 'map', span, entries }
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#read(item as ParsedNode, depth + 1))
      return { kind: 'list', span, items }
    }
    const value: unknown = isScalar(node) ? node.value : null
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value))
    ) {
      return { kind: 'scalar', span, value }
    }
    this.#problems.push({
      code: 'VALUE_INVALID',
      message: 'Expected a value that JSON has (text, number, true, false, null, list, object).',
      span,
    })
    return { kind: 'scalar', span, value: null }
  }

  /** Keys are texts; a number or `true` as key is taken as it is written. */
  #keyOf(node: ParsedNode, span: Span): string | undefined {
    if (isScalar(node)) {
      if (typeof node.value === 'string') return node.value
      if (node.source !== undefined && node.source !== '') return node.source
    }
    this.#problems.push({
      code: 'VALUE_INVALID',
      message: 'Expected a text as key, found an empty key, a list or an object.',
      span,
    })
    return undefined
  }

  #count(span: Span, depth: number): void {
    this.#nodes += 1
    if (this.#nodes > nodesMax) {
      throw new ReadingStopped({
        code: 'LIMIT_EXCEEDED',
        message: `Expected at most ${nodesMax} values, found more: do aliases multiply them?`,
        span,
      })
    }
    if (depth > limits.jsonDepth) throw new ReadingStopped(tooDeep(span))
  }
}

export function duplicateKey(key: string, span: Span): SourceProblem {
  return {
    code: 'DUPLICATE_KEY',
    message: `Expected each key once, found \`${key}\` a second time.`,
    span,
  }
}

export function tooDeep(span: Span): SourceProblem {
  return {
    code: 'LIMIT_EXCEEDED',
    message: `Expected at most ${limits.jsonDepth} levels of nesting, found more.`,
    span,
  }
}

function spanOf(node: ParsedNode | null): Span {
  return node?.range ? { start: node.range[0], end: node.range[1] } : { start: 0, end: 0 }
}
