import type { RepositoryFile } from './repository.ts'

const folder = 'docs/adr/'

/** Decision records with a wrong name or title, numbers that are there twice, and gaps. */
export function findMisnumbered(files: readonly RepositoryFile[]): readonly string[] {
  const records = files.filter(
    ({ path }) => path.startsWith(folder) && path !== `${folder}README.md`,
  )
  const malformed = records
    .filter(({ path }) => !/^\d{4}(-[a-z0-9]+)+\.md$/.test(path.slice(folder.length)))
    .map(({ path }) => `${path}: call it NNNN-title-in-kebab-case.md`)
  const untitled = records
    .filter(({ path, text }) => !new RegExp(`^# ${numberOf(path)}\\. \\S`).test(text))
    .map(({ path }) => `${path}: begin with "# ${numberOf(path)}. Title"`)
  const misplaced = records
    .map(({ path }, index) => ({ path, expected: String(index + 1).padStart(4, '0') }))
    .filter(({ path, expected }) => numberOf(path) !== expected)
    .map(({ path, expected }) => `${path}: expected the number ${expected}, each once and no gap`)
  return [...malformed, ...untitled, ...misplaced.slice(0, 1)]
}

function numberOf(path: string): string {
  return path.slice(folder.length, folder.length + 4)
}

/** Dependencies without a row in a table of the decision records, which says why they are there. */
export function findUnexplainedDependencies(
  manifests: readonly Manifest[],
  files: readonly RepositoryFile[],
): readonly string[] {
  const firstCells = files
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ text }) => [...text.matchAll(/^\|([^|]*)\|/gm)].map(([, cell = '']) => cell))
  const names = manifests.flatMap((manifest) => [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.devDependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ])
  return names
    .filter((name) => !firstCells.some((cell) => cell.includes(`\`${name}\``)))
    .map((name) => `${name}: say in the dependencies' decision record why it is there`)
}

/** The part of a package.json that matters here. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
