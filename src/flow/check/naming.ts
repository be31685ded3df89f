const successWords = new Set([
  'ok',
  'okay',
  'success',
  'succeeded',
  'successful',
  'completed',
  'done',
])
const failureWords = new Set([
  'ko',
  'nok',
  'fail',
  'failed',
  'failure',
  'error',
  'errored',
  'rejected',
  'refused',
  'declined',
  'denied',
  'aborted',
  'unsuccessful',
])
const readingWords = new Set([
  'ask',
  'calculate',
  'check',
  'compute',
  'count',
  'estimate',
  'fetch',
  'find',
  'get',
  'list',
  'lookup',
  'query',
  'read',
  'search',
  'validate',
  'verify',
])

/** What the last word of an event's name says of the outcome, and what comes before it. */
export interface NamedOutcome {
  readonly outcome: 'success' | 'failure'
  /** In small letters, without separators: events of one activity share it. */
  readonly stem: string
  /** The last word, as it is written. */
  readonly suffix: string
}

/** Reads `PaymentOK`, `payment.failed`, `PAYMENT_REJECTED`; nothing if the name tells no outcome. */
export function namedOutcome(event: string): NamedOutcome | undefined {
  const words = wordsOf(event)
  const suffix = words.at(-1)
  if (suffix === undefined || words.length < 2) return undefined
  const word = suffix.toLowerCase()
  const stem = words.slice(0, -1).join('').toLowerCase()
  if (failureWords.has(word)) return { outcome: 'failure', stem, suffix }
  if (successWords.has(word)) {
    return stem.endsWith('not')
      ? { outcome: 'failure', stem: stem.slice(0, -3), suffix }
      : { outcome: 'success', stem, suffix }
  }
  return undefined
}

/** The name that the failure beside a success event would usually have: `PaymentKO`. */
export function failureBeside(event: string, suffix: string): string {
  const word = suffix.toLowerCase()
  const failure = word === 'ok' ? 'ko' : word === 'success' ? 'failure' : 'failed'
  return event.slice(0, event.length - suffix.length) + inCaseOf(suffix, failure)
}

/** Whether the name of a command says that it changes nothing: `CheckInventory`, `get-price`. */
export function soundsReadOnly(command: string): boolean {
  const first = wordsOf(command)[0]
  return first !== undefined && readingWords.has(first.toLowerCase())
}

/** Whether an event's name fits a command's: every word of its stem is one of the command's. */
export function answersByName(event: string, command: string): boolean {
  const outcome = namedOutcome(event)
  const words = wordsOf(event).map((word) => word.toLowerCase())
  const stemWords = outcome === undefined ? words : words.slice(0, -1)
  const commandWords = new Set(wordsOf(command).map((word) => word.toLowerCase()))
  return stemWords.length > 0 && stemWords.every((word) => commandWords.has(word))
}

/** The words of a name, whichever way they are joined: camel case, dots, dashes, underscores. */
export function wordsOf(name: string): readonly string[] {
  return name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\p{N}+/gu) ?? []
}

function inCaseOf(pattern: string, word: string): string {
  if (pattern === pattern.toUpperCase()) return word.toUpperCase()
  if (pattern === pattern.toLowerCase()) return word
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
