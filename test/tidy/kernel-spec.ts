import type { RepositoryFile } from './repository.ts'

/** An invariant of the specification, with the tests that it names: `` `name` in `file` ``. */
interface Invariant {
  readonly id: string
  readonly tests: readonly { readonly name: string; readonly file: string }[]
}

/** Invariants begin a row or an entry with their number: `| I1 |`, `- **I1**`, `### I1`. */
const beginning = /^[|\s#*-]*\b([A-Z]\d+)\b/
const namedTest = /`([^`]+)` in `([^`]+\.test\.ts)`/g

export function invariantsOf(specification: string): readonly Invariant[] {
  const invariants: { id: string; text: string }[] = []
  for (const line of specification.split('\n')) {
    const id = beginning.exec(line)?.[1]
    const current = invariants.at(-1)
    if (id !== undefined && !invariants.some((known) => known.id === id)) {
      invariants.push({ id, text: line })
    } else if (line.startsWith('#')) {
      invariants.push({ id: '', text: '' })
    } else if (current !== undefined) {
      current.text += `\n${line}`
    }
  }
  return invariants
    .filter(({ id }) => id !== '')
    .map(({ id, text }) => ({
      id,
      tests: [...text.matchAll(namedTest)].map(([, name = '', file = '']) => ({ name, file })),
    }))
}

/** Invariants that name no test, and named tests that are not there. */
export function findUnprovenInvariants(
  specification: string,
  testFiles: readonly RepositoryFile[],
): readonly string[] {
  return invariantsOf(specification).flatMap(({ id, tests }) => {
    if (tests.length === 0) return [`${id}: name its test, as \`test name\` in \`file.test.ts\``]
    return tests
      .filter(({ name, file }) => {
        const found = testFiles.find(({ path }) => path === file || path.endsWith(`/${file}`))
        return found === undefined || !found.text.includes(name)
      })
      .map(({ name, file }) => `${id}: there is no test "${name}" in ${file}`)
  })
}
