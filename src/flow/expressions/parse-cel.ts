import { Environment, ParseError } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { ExpressionProblem } from './failure.ts'

/**
 * CEL's grammar comes from the library; meaning is given by `compile-cel.ts`. The library would
 * compute whole numbers as BigInt, which JSON does not have, and without a bound on the work.
 */
const grammar = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 500, maxMapEntries: 500 },
})

const tokenNames: ReadonlyMap<string, string> = new Map([
  ['EOF', 'the end'],
  ['IDENTIFIER', 'a name'],
  ['RPAREN', '`)`'],
  ['LPAREN', '`(`'],
  ['RBRACKET', '`]`'],
  ['LBRACKET', '`[`'],
  ['RBRACE', '`}`'],
  ['LBRACE', '`{`'],
  ['COLON', '`:`'],
  ['COMMA', '`,`'],
  ['DOT', '`.`'],
  ['QUESTION', '`?`'],
  ['MULTIPLY', '`*`'],
  ['DIVIDE', '`/`'],
  ['MODULO', '`%`'],
  ['PLUS', '`+`'],
  ['MINUS', '`-`'],
  ['EQ', '`==`'],
  ['NE', '`!=`'],
  ['LT', '`<`'],
  ['LE', '`<=`'],
  ['GT', '`>`'],
  ['GE', '`>=`'],
  ['AND', '`&&`'],
  ['OR', '`||`'],
  ['NOT', '`!`'],
  ['IN', '`in`'],
  ['STRING', 'a text'],
  ['NUMBER', 'a number'],
])

/** Reads an expression; throws an `ExpressionProblem`. */
export function parseCel(text: string): ASTNode {
  if (text.trim() === '') {
    throw new ExpressionProblem('EXPRESSION_SYNTAX', 'Expected an expression, found nothing.', {
      start: 0,
      end: text.length,
    })
  }
  try {
    return grammar.parse(text).ast
  } catch (error) {
    if (error instanceof ParseError) throw syntaxProblem(error, text)
    // The parser recurses: without brackets to count, depth beyond all measure ends on the stack.
    const message =
      error instanceof RangeError
        ? 'Expected a CEL expression, found one that is nested too deeply.'
        : `Expected an expression, found one that cannot be read: ${String(error)}.`
    throw new ExpressionProblem('EXPRESSION_SYNTAX', message, { start: 0, end: text.length })
  }
}

function syntaxProblem(error: ParseError, text: string): ExpressionProblem {
  const start = Math.min(error.range?.start ?? 0, text.length)
  const end = Math.min(Math.max(error.range?.end ?? start, start + 1), text.length)
  // At the end there is nothing to point at but the last character.
  const place =
    start === text.length && start > 0 ? { start: start - 1, end: start } : { start, end }
  return new ExpressionProblem('EXPRESSION_SYNTAX', messageOf(error, text.slice(start)), place)
}

function messageOf(error: ParseError, rest: string): string {
  if (rest.startsWith('=') && !rest.startsWith('==')) {
    return 'Expected an operator, found `=`. Equality is written `==`.'
  }
  const words = error.summary.replace(/\b[A-Z]{2,}\b/g, (token) => tokenNames.get(token) ?? token)
  const unexpected = /^Unexpected token: (.*)$/.exec(words)
  if (unexpected) return `Expected a value, found ${unexpected[1]}.`
  const character = /^Unexpected character: '?(.+?)'?$/.exec(words)
  if (character) return `Expected an operator or the end, found \`${character[1]}\`.`
  const expected = /^Expected (.+), got (.+)$/.exec(words)
  if (expected) return `Expected ${expected[1]}, found ${expected[2]}.`
  return `Expected a CEL expression. ${words}.`
}
