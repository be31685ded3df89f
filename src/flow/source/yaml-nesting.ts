import { CST, Lexer } from 'yaml'
import { limits } from '../../kernel/limits.ts'
import type { Span } from './source-node.ts'

/**
 * Finds the place where brackets, or indicators on one line, are nested too deeply. The parser
 * recurses, and takes seconds to fail on a megabyte of `[`; reading the tokens takes milliseconds.
 */
export function findDeepNesting(text: string): Span | undefined {
  let offset = 0
  let brackets = 0
  let indicators = 0
  for (const token of new Lexer().lex(text)) {
    switch (CST.tokenType(token)) {
      case 'flow-map-start':
      case 'flow-seq-start':
        brackets += 1
        break
      case 'flow-map-end':
      case 'flow-seq-end':
        brackets = Math.max(0, brackets - 1)
        break
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        indicators += brackets === 0 ? 1 : 0
        break
      case 'newline':
      case 'doc-start':
        indicators = 0
        break
      default:
        break
    }
    if (brackets > limits.jsonDepth || indicators > limits.jsonDepth) {
      return { start: offset, end: offset + 1 }
    }
    // The lexer's own marks, such as the one for a scalar, are no part of the text.
    if (!isMark(token)) offset += token.length
  }
  return undefined
}

function isMark(token: string): boolean {
  return token === CST.DOCUMENT || token === CST.FLOW_END || token === CST.SCALAR
}
