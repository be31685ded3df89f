import { isCode, isTest, type RepositoryFile } from './repository.ts'

const linesMax = 400
const testLinesMax = 600

/** Files that are longer than the budget, each with the reason why it is one piece. */
const budgetExceptions: Readonly<Record<string, string>> = {}

/** Files over their budget, and exceptions that nothing needs any more. */
export function overBudget(
  files: readonly RepositoryFile[],
  exceptions: Readonly<Record<string, string>> = budgetExceptions,
): readonly string[] {
  const over = files.filter(isCode).flatMap((file) => {
    const lines = file.text.split('\n').length - 1
    const budget = isTest(file) ? testLinesMax : linesMax
    return lines > budget ? [{ path: file.path, lines, budget }] : []
  })
  const unexcused = over
    .filter(({ path }) => exceptions[path] === undefined)
    .map(({ path, lines, budget }) => `${path}: expected at most ${budget} lines, found ${lines}`)
  const unneeded = Object.keys(exceptions)
    .filter((path) => !over.some((file) => file.path === path))
    .map((path) => `${path}: no longer needs its exception in test/tidy/conventions.ts`)
  return [...unexcused, ...unneeded]
}

/** Tools that ask for a default export of their configuration. */
const defaultExportsAllowed = new Set(['vitest.config.ts'])

export function defaultExports(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter((file) => isCode(file) && !defaultExportsAllowed.has(file.path))
    .filter((file) => /^export default\b|^export \{[^}]*\bas default\b/m.test(file.text))
    .map((file) => `${file.path}: export it by name, so that it has one name everywhere`)
}

const emptyNames = /(^|[/-])(utils?|helpers?|common|misc|shared|stuff)([-./]|$)/

export function emptyFileNames(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter((file) => isCode(file) && emptyNames.test(file.path))
    .map((file) => `${file.path}: name the concept that is in it`)
}

export function badlyFormedNames(files: readonly RepositoryFile[]): readonly string[] {
  const wellFormed = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|bench))?\.(ts|mts|mjs)$/
  return files
    .filter(
      (file) => isCode(file) && !wellFormed.test(file.path.slice(file.path.lastIndexOf('/') + 1)),
    )
    .map((file) => `${file.path}: use kebab-case`)
}

/** The doors: the only files through which a folder is seen as a whole. */
const doors = new Set(['src/kernel/index.ts', 'src/flow/index.ts', 'client/src/index.ts'])

export function barrels(files: readonly RepositoryFile[]): readonly string[] {
  const indexFiles = files
    .filter((file) => /(^|\/)index\.(ts|mts|mjs)$/.test(file.path) && !doors.has(file.path))
    .map(
      (file) =>
        `${file.path}: import from the file itself; only ${[...doors].join(', ')} are doors`,
    )
  const stars = files
    .filter((file) => isCode(file) && /^export \* /m.test(file.text))
    .map((file) => `${file.path}: export by name instead of *, so that what is public is reviewed`)
  return [...indexFiles, ...stars]
}

const selectedTest = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(only|skip|todo|fails)\b/

/** A contract suite leaves out what an adapter does not promise, each gap with its reason. */
const suitesWithGaps = /^src\/contract\/promises\.ts$/

export function selectedTests(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter((file) => isCode(file) && !file.path.startsWith('test/tidy/'))
    .filter((file) => !suitesWithGaps.test(file.path))
    .flatMap((file) => {
      const found = selectedTest.exec(file.text)
      return found === null ? [] : [`${file.path}: remove .${found[1]}; fix or delete the test`]
    })
}

const leftover = /\b(TODO|FIXME|HACK)\b/

export function leftovers(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter((file) => isCode(file) && !file.path.startsWith('test/tidy/'))
    .flatMap((file) =>
      file.text.split('\n').flatMap((line, index) => {
        const found = leftover.exec(line)
        return found === null
          ? []
          : [
              `${file.path}:${index + 1}: ${found[1]}: do it now, or describe it where work is planned`,
            ]
      }),
    )
}

/** A rule of the linter that is switched off says why, on the same line, behind two dashes. */
export function unexplainedDisables(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter(isCode)
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) =>
          /^\s*\/[/*] oxlint-disable(?!.* -- \S)/.test(line)
            ? [`${file.path}:${index + 1}: say behind \`--\` why the rule is off here`]
            : [],
        ),
    )
}

/** Reading the environment anywhere else would hide a setting from `signalbox config`. */
export function environmentReaders(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter((file) => file.path.startsWith('src/') && isCode(file) && !isTest(file))
    .filter((file) => !file.path.startsWith('src/config/'))
    .filter((file) => /\bprocess\.env\b|\benv\b[^\n]*from 'node:process'/.test(file.text))
    .map((file) => `${file.path}: only src/config reads the environment; pass the setting in`)
}

const ambient =
  /\b(Date\.now|new Date\(\)|Math\.random|globalThis|performance\.now|setTimeout|setInterval|crypto\.)/

/** The linter forbids these too; here it holds whatever the linter does with its comments. */
export function ambientState(files: readonly RepositoryFile[]): readonly string[] {
  return files
    .filter(
      (file) => /^src\/(kernel|flow|mining)\//.test(file.path) && isCode(file) && !isTest(file),
    )
    .flatMap((file) => {
      const found = ambient.exec(withoutComments(file.text))
      return found === null
        ? []
        : [`${file.path}: pure code reaches for ${found[1]}; let it come in with the message`]
    })
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}
