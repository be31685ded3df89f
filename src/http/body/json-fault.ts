/** The first place where a text stops being JSON. */
export interface JsonFault {
  readonly offset: number
  readonly expected: string
  readonly found: string
}

const space = 0x20
const spaces = /[ \t\n\r]*/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

type State = 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'after-value'

const expectations: Record<State, string> = {
  value: 'a JSON value',
  'first-item': 'a JSON value or "]"',
  'first-key': 'a key in double quotes or "}"',
  key: 'a key in double quotes',
  colon: '":" after the key',
  'after-value': '"," or the end of the list or object',
}

/**
 * Finds where a text that `JSON.parse` refused goes wrong, because the engine's own message often
 * has no position. Without recursion, so that depth does not matter.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = []
  let state: State = 'value'
  let at = 0
  for (;;) {
    if (text.charCodeAt(at) <= space) at = match(spaces, text, at) ?? at
    if (state === 'after-value' && open.length === 0) {
      return at === text.length ? undefined : fault(text, at, 'the end after the value')
    }
    const character = text[at]
    if (state === 'after-value') {
      const top = open.at(-1)
      if (character === ',') {
        state = top === '{' ? 'key' : 'value'
      } else if (character === (top === '{' ? '}' : ']')) {
        open.pop()
      } else {
        return fault(text, at, top === '{' ? '"," or "}"' : '"," or "]"')
      }
      at += 1
    } else if (state === 'colon') {
      if (character !== ':') return fault(text, at, expectations.colon)
      state = 'value'
      at += 1
    } else if (
      (state === 'first-key' && character === '}') ||
      (state === 'first-item' && character === ']')
    ) {
      open.pop()
      state = 'after-value'
      at += 1
    } else if (state === 'first-key' || state === 'key') {
      const end = endOfString(text, at)
      if (end === undefined) return fault(text, at, expectations[state])
      state = 'colon'
      at = end
    } else if (character === '{' || character === '[') {
      open.push(character)
      state = character === '{' ? 'first-key' : 'first-item'
      at += 1
    } else {
      const end = match(scalar, text, at) ?? endOfString(text, at)
      if (end === undefined) return fault(text, at, expectations[state])
      state = 'after-value'
      at = end
    }
  }
}

/** The offset after the token, if it is there. */
function match(token: RegExp, text: string, at: number): number | undefined {
  token.lastIndex = at
  return token.test(text) ? token.lastIndex : undefined
}

/** The offset after a well-formed string. A loop, because a pattern would try endless splits. */
function endOfString(text: string, start: number): number | undefined {
  if (text[start] !== '"') return undefined
  let at = start + 1
  while (at < text.length) {
    const character = text[at] ?? ''
    if (character === '"') return at + 1
    if (character < ' ') return undefined
    const next = character === '\\' ? match(escape, text, at) : at + 1
    if (next === undefined) return undefined
    at = next
  }
  return undefined
}

function fault(text: string, offset: number, expected: string): JsonFault {
  const character = text.slice(offset, offset + 2).at(0)
  if (character === undefined) return { offset, expected, found: 'the end of the body' }
  if (character === '"') return { offset, expected: 'a well-formed string', found: badString }
  return { offset, expected, found: JSON.stringify(character) }
}

const badString = 'one that is not closed, or has a control character or a wrong escape'
