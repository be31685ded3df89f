import type { DiagnosticCode } from '../check/catalogue.ts'
import type { Fix } from '../diagnostic.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import { entryOf, type MapNode, type SourceNode, type Span } from '../source/source-node.ts'
import { suggest } from '../suggest.ts'
import type { Path, Report } from './report.ts'

/** A value of the document with its place: reads what is expected there and reports what is not. */
export class Cursor {
  readonly node: SourceNode
  readonly path: Path
  readonly keySpan: Span | undefined
  readonly report: Report

  constructor(report: Report, node: SourceNode, path: Path, keySpan?: Span) {
    this.report = report
    this.node = node
    this.path = path
    this.keySpan = keySpan
  }

  get kind(): SourceNode['kind'] {
    return this.node.kind
  }

  /** The text, if it is one. */
  get string(): string | undefined {
    return this.node.kind === 'scalar' && typeof this.node.value === 'string'
      ? this.node.value
      : undefined
  }

  get(key: string): Cursor | undefined {
    if (this.node.kind !== 'map') return undefined
    const entry = entryOf(this.node, key)
    return entry && new Cursor(this.report, entry.value, [...this.path, key], entry.keySpan)
  }

  /** Each key once: of a key that is there twice, the first counts. */
  entries(): readonly (readonly [string, Cursor])[] {
    if (this.node.kind !== 'map') return []
    const seen = new Set<string>()
    const found: (readonly [string, Cursor])[] = []
    for (const { key, keySpan, value } of this.node.entries) {
      if (seen.has(key)) continue
      seen.add(key)
      found.push([key, new Cursor(this.report, value, [...this.path, key], keySpan)])
    }
    return found
  }

  items(): readonly Cursor[] {
    if (this.node.kind !== 'list') return []
    return this.node.items.map(
      (item, index) => new Cursor(this.report, item, [...this.path, index]),
    )
  }

  /** The value as plain JSON. */
  json(): Json {
    return toJson(this.node)
  }

  wrong(code: DiagnosticCode, message: string, fix?: Fix): undefined {
    const finding = { code, message, span: this.place(), path: this.path }
    this.report.add(fix === undefined ? finding : { ...finding, fix })
    return undefined
  }

  /** Reports that something else was expected here. */
  expected(what: string): undefined {
    return this.wrong('VALUE_INVALID', `Expected ${what}, found ${describe(this.node)}.`)
  }

  /** What to point at: the value, or the key of a value that spans many lines. */
  place(): Span {
    if (this.node.kind === 'scalar') {
      const isEmpty = this.node.span.start === this.node.span.end
      return isEmpty && this.keySpan !== undefined ? this.keySpan : this.node.span
    }
    if (this.keySpan !== undefined) return this.keySpan
    const first = this.node.kind === 'map' ? this.node.entries[0]?.keySpan : undefined
    return first ?? this.node.span
  }

  /** An object with these keys and no others. Answers nothing if it is no object. */
  object(what: string, known: readonly string[], required: readonly string[] = []): boolean {
    if (this.node.kind !== 'map') {
      this.expected(`${what} as an object`)
      return false
    }
    const meant = new Set<string | undefined>()
    for (const [key, value] of this.entries()) {
      if (known.includes(key)) continue
      meant.add(reportUnknownKey(this, this.node, key, value, what, known))
    }
    for (const key of required) {
      if (this.get(key) === undefined && !meant.has(key)) {
        this.wrong('PROPERTY_MISSING', `Expected \`${key}:\` in ${what}, found none.`)
      }
    }
    return true
  }

  text(what: string): string | undefined {
    return this.string ?? this.expected(what)
  }

  boolean(): boolean | undefined {
    const { node } = this
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
    return this.expected('true or false')
  }

  number(what: string, min: number, max: number, isWhole: boolean): number | undefined {
    const { node } = this
    const value = node.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined
    const fits =
      value !== undefined && value >= min && value <= max && (!isWhole || Number.isInteger(value))
    return fits ? value : this.expected(`${what} from ${min} to ${max}`)
  }

  choice<Choice extends string>(choices: readonly Choice[]): Choice | undefined {
    const found = choices.find((choice) => choice === this.string)
    if (found !== undefined) return found
    const meant = this.string === undefined ? undefined : suggest(this.string, choices)
    const list = choices.map((choice) => `\`${choice}\``).join(', ')
    const message = `Expected ${choices.length > 1 ? 'one of ' : ''}${list}, found ${describe(this.node)}.`
    const fix = meant === undefined ? undefined : this.report.replaceFix(this.node.span, meant)
    return this.wrong('VALUE_INVALID', message, fix)
  }
}

/** Answers which key was probably meant. */
function reportUnknownKey(
  cursor: Cursor,
  map: MapNode,
  key: string,
  value: Cursor,
  what: string,
  known: readonly string[],
): string | undefined {
  const free = known.filter((name) => entryOf(map, name) === undefined)
  const glued = gluedProperty(key, free)
  const meant = glued?.name ?? suggest(key, free)
  const span = value.keySpan ?? value.node.span
  const list = known.map((name) => `\`${name}\``).join(', ')
  const better = glued?.written ?? meant
  const hint =
    better === undefined ? ` ${capital(what)} can have ${list}.` : ` Did you mean \`${better}\`?`
  cursor.report.add({
    code: 'PROPERTY_UNKNOWN',
    message: `Expected a property of ${what}, found \`${shorten(key)}\`.${hint}`,
    span,
    path: value.path,
    ...(better === undefined ? {} : { fix: cursor.report.replaceFix(span, better) }),
  })
  return meant
}

/** `failed:true` is one word to YAML: the space behind the colon is missing. */
function gluedProperty(
  key: string,
  known: readonly string[],
): { readonly name: string; readonly written: string } | undefined {
  const colon = key.indexOf(':')
  const name = known.find((each) => each === key.slice(0, colon))
  return name === undefined ? undefined : { name, written: `${name}: ${key.slice(colon + 1)}` }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What a value is, in words. */
export function describe(node: SourceNode): string {
  if (node.kind === 'map') return 'an object'
  if (node.kind === 'list') return 'a list'
  const { value } = node
  if (value === null) return 'nothing'
  if (typeof value === 'string') return `the text \`${shorten(value)}\``
  return typeof value === 'number' ? `the number ${value}` : `${value}`
}

/** A text for a message: not too long, and nothing that would disturb a terminal. */
export function shorten(text: string): string {
  const visible = text.slice(0, 61).replaceAll(/\p{C}/gu, '\uFFFD')
  return visible.length > 60 ? `${visible.slice(0, 57)}…` : visible
}

function toJson(node: SourceNode): Json {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toJson)
  const map: { [key: string]: Json } = {}
  for (const { key, value } of node.entries) {
    if (Object.hasOwn(map, key)) continue
    Object.defineProperty(map, key, {
      value: toJson(value),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return map satisfies JsonObject
}
