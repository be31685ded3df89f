import { joined, kindOf, newMarksOf, type SearchState } from './search-state.ts'

/** One arrival at a state: from where, and what happened on the way. */
export interface Arrival {
  readonly state: SearchState
  readonly from?: KnownState
  /** Lines of a trace. */
  readonly moves: readonly string[]
  /** Arrivals are counted, so that a trace only ever goes back. */
  readonly number: number
}

/**
 * All states of one kind as one. It carries the marks of all of them: marks have no influence on
 * each other, so that exploring them together finds the same as exploring each set of them.
 */
export interface KnownState {
  readonly first: Arrival
  /** The arrival that brought a mark first. */
  readonly arrivalsByMark: Map<string, Arrival>
  state: SearchState
  isOpen: boolean
}

/**
 * The states that were found, and which of them are to be explored: at first each of them, nearest
 * first, so that the first arrival is on a shortest way; then again those that received a new mark,
 * sweeping to and fro over all states, so that marks travel far in few sweeps.
 */
export class KnownStates {
  readonly #byKind = new Map<string, KnownState>()
  readonly #states: KnownState[] = []
  #newIndex = 0
  #sweepIndex = 0
  #sweepStep = 1
  #openCount = 0

  add(arrival: Arrival): void {
    const kind = kindOf(arrival.state)
    const known = this.#byKind.get(kind)
    if (known === undefined) {
      const marks = newMarksOf(arrival.state, new Map())
      const added: KnownState = {
        first: arrival,
        arrivalsByMark: new Map(marks.map((mark) => [mark, arrival])),
        state: arrival.state,
        isOpen: false,
      }
      this.#byKind.set(kind, added)
      this.#states.push(added)
      this.#open(added)
      return
    }
    const marks = newMarksOf(arrival.state, known.arrivalsByMark)
    if (marks.length === 0) return
    for (const mark of marks) known.arrivalsByMark.set(mark, arrival)
    known.state = joined(known.state, arrival.state)
    this.#open(known)
  }

  /** The next state to be explored; nothing when all are. */
  take(): KnownState | undefined {
    const known = this.#nextNew() ?? this.#nextInSweep()
    if (known?.isOpen === true) {
      known.isOpen = false
      this.#openCount -= 1
    }
    return known
  }

  #open(known: KnownState): void {
    if (!known.isOpen) this.#openCount += 1
    known.isOpen = true
  }

  #nextNew(): KnownState | undefined {
    const known = this.#states[this.#newIndex]
    if (known !== undefined) this.#newIndex += 1
    return known
  }

  #nextInSweep(): KnownState | undefined {
    while (this.#openCount > 0) {
      const known = this.#states[this.#sweepIndex]
      if (known === undefined) this.#sweepStep = -this.#sweepStep
      this.#sweepIndex += this.#sweepStep
      if (known?.isOpen === true) return known
    }
    return undefined
  }
}

/** The lines of the trace that leads to an arrival; with a mark, on a way on which it is received. */
export function traceOf(arrival: Arrival, mark?: string): readonly string[] {
  const steps: (readonly string[])[] = []
  let followed = mark
  for (let at: Arrival | undefined = arrival; at !== undefined;) {
    steps.push(at.moves)
    const { from, number }: Arrival = at
    const marked: Arrival | undefined =
      followed === undefined ? undefined : from?.arrivalsByMark.get(followed)
    // A later arrival brought the mark back: here it was received.
    if (marked === undefined || marked.number >= number) followed = undefined
    at = followed === undefined ? from?.first : marked
  }
  return steps.toReversed().flat()
}
