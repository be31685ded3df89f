import { afterAll, expect, test } from 'vitest'

/** A promise that an adapter does not make, by the name of its test, and why. */
export interface Gap {
  readonly test: string
  readonly reason: string
}

/** Registers one test of a contract suite; it is given a fresh subject. */
export type PromisedOf<Subject> = (title: string, body: (subject: Subject) => Promise<void>) => void

/**
 * For a suite, within its `describe`: each promise is a test, but those that are named as gaps, which
 * stay in the list of tests with their reason. A gap that names no test fails the suite.
 */
export function registerPromises<Subject>(
  gaps: readonly Gap[],
  withSubject: (body: (subject: Subject) => Promise<void>) => Promise<void>,
): PromisedOf<Subject> {
  const seen = new Set<string>()
  afterAll(() => {
    const unknown = gaps.filter(({ test: title }) => !seen.has(title))
    expect(unknown, 'each gap names a test of the suite').toEqual([])
  })
  return (title, body) => {
    seen.add(title)
    const gap = gaps.find((candidate) => candidate.test === title)
    if (gap === undefined) test(title, () => withSubject(body))
    else test.skip(`${title} (not promised: ${gap.reason})`, () => {})
  }
}
