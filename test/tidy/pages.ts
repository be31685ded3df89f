import type { RepositoryFile } from './repository.ts'

/** What the pages of one catalogue must look like. */
interface PageRules {
  /** The folder of the pages, one `CODE.md` per code. */
  readonly folder: string
  readonly codes: readonly string[]
  /** Second-level headings, in order. */
  readonly headings: readonly string[]
  /** A page without words is worse than none; a long one is not read by someone in trouble. */
  readonly wordsMin: number
  readonly wordsMax: number
}

/** Codes without a page, pages without a code, and pages that are not as the rules say. */
export function findPageFaults(
  rules: PageRules,
  files: readonly RepositoryFile[],
): readonly string[] {
  const pages = new Map(
    files
      .filter(({ path }) => path.startsWith(rules.folder) && path.endsWith('.md'))
      .map((file) => [file.path.slice(rules.folder.length, -'.md'.length), file]),
  )
  pages.delete('README')
  const missing = rules.codes
    .filter((code) => !pages.has(code))
    .map((code) => `${rules.folder}${code}.md: write the page of this code`)
  const faulty = [...pages].flatMap(([code, page]) =>
    rules.codes.includes(code)
      ? findFaults(rules, code, page)
      : [`${page.path}: no such code in the catalogue; remove the page or add the code`],
  )
  return [...missing, ...faulty]
}

function findFaults(rules: PageRules, code: string, page: RepositoryFile): readonly string[] {
  const faults: string[] = []
  const title = page.text.split('\n', 1)[0]
  if (title !== `# ${code}`)
    faults.push(`${page.path}: expected the title "# ${code}", found "${title}"`)

  const headings = [...page.text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  if (headings.join('|') !== rules.headings.join('|')) {
    faults.push(
      `${page.path}: expected the headings ${rules.headings.join(', ')}, found ${headings.join(', ')}`,
    )
  }
  const words = page.text.split(/\s+/).filter((word) => /\w/.test(word)).length
  if (words < rules.wordsMin || words > rules.wordsMax) {
    faults.push(
      `${page.path}: expected ${rules.wordsMin} to ${rules.wordsMax} words, found ${words}`,
    )
  }
  return faults
}

/** Codes that no test mentions. */
export function findUntestedCodes(
  codes: readonly string[],
  testFiles: readonly RepositoryFile[],
): readonly string[] {
  return codes
    .filter((code) => !testFiles.some(({ text }) => text.includes(code)))
    .map((code) => `${code}: write a test that provokes it`)
}
