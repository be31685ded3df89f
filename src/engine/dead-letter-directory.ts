import { SignalboxError } from '../errors/signalbox-error.ts'
import type { DeadLetter, Store } from '../store/store.ts'
import type {
  DeadLetterCorrection,
  DeadLetterDirectory,
  ResendAnswer,
  ResendOutcome,
} from './dead-letters.ts'
import type { EventAnswer, ExecutionDirectory } from './engine.ts'
import { readDeadLetter } from './read-dead-letter.ts'

interface DeadLetterDirectoryDeps {
  readonly store: Store
  readonly executions: Pick<ExecutionDirectory, 'applyEvent'>
}

export function createDeadLetterDirectory(deps: DeadLetterDirectoryDeps): DeadLetterDirectory {
  const { store, executions } = deps

  async function get(number: number): Promise<DeadLetter> {
    const [letter] = await store.readDeadLetters([number])
    if (letter !== undefined) return letter
    throw new SignalboxError(
      'DEAD_LETTER_NOT_FOUND',
      `expected the number of a dead letter, found ${number}`,
    )
  }

  /** A crash before the removal leaves the letter; its message id makes the next time harmless. */
  async function apply(
    letter: DeadLetter,
    correction?: DeadLetterCorrection,
  ): Promise<ResendAnswer> {
    const answered = await executions.applyEvent(readDeadLetter(letter, correction))
    const removed = isTaken(answered)
    if (removed) await store.removeDeadLetters([letter.number])
    return { ...answered, removed }
  }

  async function applyInOrder(letters: readonly DeadLetter[]): Promise<readonly ResendOutcome[]> {
    const outcomes: ResendOutcome[] = []
    for (const letter of letters) outcomes.push(await outcomeOf(letter, () => apply(letter)))
    return outcomes
  }

  return {
    list: (query) => store.listDeadLetters(query),
    get,
    count: () => store.countDeadLetters(),
    resend: async (number, correction) => apply(await get(number), correction),
    async resendAll(numbers) {
      const letters = await store.readDeadLetters([...new Set(numbers)])
      const groups = Map.groupBy(
        letters.toSorted((one, other) => one.number - other.number),
        ({ key, number }) => key ?? `number ${number}`,
      )
      const outcomes = await Promise.all([...groups.values()].map(applyInOrder))
      return outcomes.flat().toSorted((one, other) => one.number - other.number)
    },
    remove: (numbers) => store.removeDeadLetters([...new Set(numbers)]),
  }
}

/** Applied, kept for later, or applied before: nothing is left to do. */
function isTaken({ answer }: EventAnswer): boolean {
  return answer.applied || answer.reason === 'kept' || answer.reason === 'duplicate'
}

async function outcomeOf(
  { number }: DeadLetter,
  apply: () => Promise<ResendAnswer>,
): Promise<ResendOutcome> {
  try {
    return { number, kind: 'answered', answer: await apply() }
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error
    return { number, kind: 'refused', code: error.code, detail: error.detail }
  }
}
