/** One answer that was given in place of a guard. */
export interface GuardAnswer {
  readonly guard: string
  readonly holds: boolean
}

/**
 * Answers in place of guards, because a guard looks at data that the search does not have. Each way
 * of answering is tried: `enumerate` runs the same step again and again, and each time takes the
 * other branch at the last guard at which it has not been taken yet.
 */
export class GuardOracle {
  #planned: readonly boolean[] = []
  #given: GuardAnswer[] = []
  readonly #known = new Map<string, boolean>()

  /** The answer for a guard. The same guard of the same choice gets the same answer in one step. */
  answer(choice: string, guard: string): boolean {
    const text = guard.replace(/\s+/g, '')
    const known = this.#known.get(`${choice} ${text}`)
    if (known !== undefined) return known
    const opposite = complementsOf(text)
      .map((other) => this.#known.get(`${choice} ${other}`))
      .find((holds) => holds !== undefined)
    const holds =
      text === 'true' ||
      (text !== 'false' && (opposite === undefined ? this.#choose(guard) : !opposite))
    this.#known.set(`${choice} ${text}`, holds)
    return holds
  }

  /** Runs a step once for each way of answering, at most `runsMax` times; tells if that was all. */
  enumerate(
    step: (answers: () => readonly GuardAnswer[]) => void,
    runsMax: number,
  ): { readonly complete: boolean } {
    const plans: (readonly boolean[])[] = [[]]
    let runs = 0
    for (let plan = plans.pop(); plan !== undefined; plan = plans.pop()) {
      if (runs === runsMax) return { complete: false }
      runs += 1
      this.#planned = plan
      this.#given = []
      this.#known.clear()
      step(() => this.#given)
      for (let index = this.#given.length - 1; index >= plan.length; index -= 1) {
        const before = this.#given.slice(0, index).map(({ holds }) => holds)
        plans.push([...before, this.#given[index]?.holds === false])
      }
    }
    return { complete: true }
  }

  #choose(guard: string): boolean {
    const holds = this.#planned[this.#given.length] ?? true
    this.#given.push({ guard, holds })
    return holds
  }
}

/** Guards that hold exactly when the given one does not, as far as that is plain from the text. */
function complementsOf(guard: string): readonly string[] {
  const found = [`!(${guard})`, `!${guard}`]
  const inner = /^!\((.*)\)$/.exec(guard)?.[1] ?? /^!(.*)$/.exec(guard)?.[1]
  if (inner !== undefined) found.push(inner)
  const comparison = /^([^<>=!&|?]+)(<=|>=|==|!=|<|>)([^<>=!&|?]+)$/.exec(guard)
  if (comparison !== null) {
    const [, left = '', operator = '', right = ''] = comparison
    const opposite = opposites.get(operator) ?? operator
    found.push(left + opposite + right, right + (mirrored.get(opposite) ?? opposite) + left)
  }
  return found
}

const opposites = new Map([
  ['<', '>='],
  ['>=', '<'],
  ['>', '<='],
  ['<=', '>'],
  ['==', '!='],
  ['!=', '=='],
])

const mirrored = new Map([
  ['<', '>'],
  ['>', '<'],
  ['<=', '>='],
  ['>=', '<='],
])
