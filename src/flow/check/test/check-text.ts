import type { Locate } from '../../compilation.ts'
import type { Diagnostic } from '../../diagnostic.ts'
import { checkFlow } from '../../index.ts'
import type { DiagnosticCode } from '../catalogue.ts'

/** A flow's text, and what the checker finds in it. */
export interface CheckedText {
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Checks a whole text, with or without the search of the state space. */
export function checkText(text: string, explore = false): CheckedText {
  const { diagnostics } = checkFlow({ text }, {}, { explore })
  return { text, diagnostics }
}

/** Checks a saga of which only the states matter. They are indented by two spaces. */
export function checkStates(states: string, explore = false): CheckedText {
  return checkText(sagaOf(states), explore)
}

/** A saga of these states; `attributes` are lines at the top. */
export function sagaOf(states: string, attributes = ''): string {
  return `saga: test\nchannel: test\n${attributes}states:\n${states.replace(/^\n/, '')}`
}

/** Where a code was found, as paths with dots: `states.A.on.AOK`. */
export function placesOf({ diagnostics }: CheckedText, code: DiagnosticCode): readonly string[] {
  return only(diagnostics, code).map(({ path }) => path.join('.'))
}

/** The one finding of a code. */
export function findingOf({ diagnostics }: CheckedText, code: DiagnosticCode): Diagnostic {
  const [finding, ...others] = only(diagnostics, code)
  if (finding === undefined || others.length > 0) {
    const found = diagnostics.map((diagnostic) => diagnostic.code).join(', ')
    throw new Error(`expected one ${code}, found ${found === '' ? 'nothing' : found}`)
  }
  return finding
}

/** The text after the fix of the one finding of a code. */
export function fixedText(checked: CheckedText, code: DiagnosticCode): string {
  const { fix } = findingOf(checked, code)
  if (fix === undefined) throw new Error(`expected a fix of ${code}, found none`)
  return fix.edits
    .toSorted((a, b) => b.startOffset - a.startOffset)
    .reduce(
      (text, { startOffset, endOffset, newText }) =>
        text.slice(0, startOffset) + newText + text.slice(endOffset),
      checked.text,
    )
}

/** The text that a finding marks. */
export function markedText(checked: CheckedText, code: DiagnosticCode): string {
  const { range } = findingOf(checked, code)
  return checked.text.slice(range.startOffset, range.endOffset)
}

/** For flows of which the text does not matter. */
export const nowhere: Locate = () => ({
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  startOffset: 0,
  endOffset: 0,
})

function only(diagnostics: readonly Diagnostic[], code: DiagnosticCode): readonly Diagnostic[] {
  return diagnostics.filter((diagnostic) => diagnostic.code === code)
}
