/** What happened in a run, in lines for people; the same seed gives the same lines. */
export interface Story {
  /** @param who such as `r1.2`, `w1`, `client` */
  tell(who: string, text: string): void
  lines(): readonly string[]
}

const whoCharacters = 8
const timeCharacters = 11

export function createStory(now: () => number, startAt: number): Story {
  const lines: string[] = []
  return {
    tell(who, text) {
      const seconds = ((now() - startAt) / 1_000).toFixed(3)
      lines.push(`${`+${seconds}s`.padStart(timeCharacters)}  ${who.padEnd(whoCharacters)}${text}`)
    },
    lines: () => lines,
  }
}

/** For runs that nobody reads. */
export const untoldStory: Story = { tell: () => {}, lines: () => [] }
