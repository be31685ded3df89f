/** Terms are cut here: search is for identifiers and names, not for texts. */
const termCharacters = 200

/** What is compared when searching: without regard to case and to how accents are composed. */
export function foldTerm(term: string): string {
  return term.slice(0, termCharacters).normalize('NFC').toLowerCase()
}

/** The terms of one execution as they are stored: folded, without empty ones, each once. */
export function foldTerms(terms: readonly string[]): readonly string[] {
  return [...new Set(terms.map(foldTerm))].filter((term) => term !== '')
}
