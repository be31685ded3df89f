import { limits } from '../../kernel/limits.ts'
import type { Cursor } from './cursor.ts'
import { shorten } from './cursor.ts'

export type NameKind = 'flow' | 'state' | 'event' | 'command' | 'channel' | 'stage' | 'milestone'

/** Ids of flows and channels stand in addresses, file names and topics: plain ASCII. */
const plainName = /^[A-Za-z_][A-Za-z0-9_.-]*$/
/** What services and people call things: letters of every script. */
const messageName = /^[\p{L}_][\p{L}\p{M}\p{N}_.:-]*$/u
/** States and stages are shown to people; Flow Manager allows spaces within. */
const shownName = /^[\p{L}_][\p{L}\p{M}\p{N}_.:-]*( [\p{L}\p{M}\p{N}_.:-]+)*$/u

const patterns: Readonly<Record<NameKind, RegExp>> = {
  flow: plainName,
  channel: plainName,
  event: messageName,
  command: messageName,
  state: shownName,
  stage: shownName,
  milestone: shownName,
}

const letterRules: Readonly<Record<NameKind, string>> = {
  flow: 'A to Z, digits, `_`, `-` and `.`, with a letter first',
  channel: 'A to Z, digits, `_`, `-` and `.`, with a letter first',
  event: 'letters, digits, `_`, `-`, `.` and `:`, with a letter first',
  command: 'letters, digits, `_`, `-`, `.` and `:`, with a letter first',
  state: 'letters, digits, `_`, `-`, `.`, `:` and single spaces within, with a letter first',
  stage: 'letters, digits, `_`, `-`, `.`, `:` and single spaces within, with a letter first',
  milestone: 'letters, digits, `_`, `-`, `.`, `:` and single spaces within, with a letter first',
}

/** Names that JavaScript objects give a meaning of their own. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__'])

/** Checks a name; reports at the cursor. Answers whether it can be used. */
export function checkName(kind: NameKind, name: string, cursor: Cursor, isKey: boolean): boolean {
  const problem = nameProblem(kind, name)
  if (problem === undefined) return true
  const span = isKey ? (cursor.keySpan ?? cursor.place()) : cursor.place()
  cursor.report.add({ ...problem, span, path: cursor.path })
  return false
}

function nameProblem(
  kind: NameKind,
  name: string,
): { code: 'NAME_INVALID' | 'NAME_INTEGER_LIKE'; message: string } | undefined {
  // JSON objects put such keys first, whatever their order in the text.
  if (/^\d+$/.test(name)) {
    const message = `Expected a name for the ${kind} that begins with a letter, found the number \`${shorten(name)}\`.`
    return { code: 'NAME_INTEGER_LIKE', message }
  }
  if (name.length > limits.nameCharacters) {
    const message = `Expected at most ${limits.nameCharacters} characters in the name of the ${kind}, found ${name.length}.`
    return { code: 'NAME_INVALID', message }
  }
  if (patterns[kind].test(name) && !reservedNames.has(name)) return undefined
  const message = `Expected ${letterRules[kind]} in the name of the ${kind}, found \`${shorten(name)}\`.`
  return { code: 'NAME_INVALID', message }
}

/** Reads a name that stands as a value. */
export function readName(kind: NameKind, cursor: Cursor): string | undefined {
  if (cursor.node.kind === 'scalar' && typeof cursor.node.value === 'number') {
    checkName(kind, String(cursor.node.value), cursor, false)
    return undefined
  }
  const name = cursor.text(`the name of a ${kind}`)
  return name !== undefined && checkName(kind, name, cursor, false) ? name : undefined
}
