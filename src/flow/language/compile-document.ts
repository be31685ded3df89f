import type { Flow } from '../../kernel/model/flow.ts'
import type { CompileContext } from '../compilation.ts'
import { suggest } from '../suggest.ts'
import type { Cursor } from './cursor.ts'
import { readSaga } from './read-saga.ts'

/** Reads a document of either kind. */
export function compileDocument(root: Cursor, context: CompileContext): Flow | undefined {
  if (root.kind !== 'map') return root.expected('a flow as an object that begins with `saga:`')
  if (root.get('saga') !== undefined) return readSaga(root, context)
  const process = root.get('process')
  if (process !== undefined) {
    const message =
      'Expected a flow of the kind `saga`, found a `process`, which this version cannot run.'
    process.report.add({
      code: 'KIND_UNSUPPORTED',
      message,
      span: process.keySpan ?? process.place(),
      path: process.path,
    })
    return undefined
  }
  const keys = root.entries()
  const misspelt = keys.find(([key]) => suggest(key, ['saga']) !== undefined)
  // A saga with its own name misspelt is still read, for whatever else is in it.
  if (misspelt !== undefined || root.get('states') !== undefined) return readSaga(root, context)
  return root.wrong(
    'PROPERTY_MISSING',
    'Expected `saga:` with the id of the flow at the top, found none.',
  )
}
