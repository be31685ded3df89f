import { type DiagnosticCode, diagnosticKinds } from '../../flow/check/catalogue.ts'
import type { Route } from '../route.ts'
import { codePage } from './code-page.ts'

/** `GET /diagnostics/:code` */
export function diagnosticPage(): Route {
  return codePage({
    folder: 'diagnostics',
    summary: 'Read about a finding in a flow',
    titleOf: (code) =>
      Object.hasOwn(diagnosticKinds, code)
        ? diagnosticKinds[code as DiagnosticCode].title
        : undefined,
  })
}
