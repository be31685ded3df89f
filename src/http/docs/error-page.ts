import { type ErrorCode, errorKinds } from '../../errors/catalogue.ts'
import type { Route } from '../route.ts'
import { codePage } from './code-page.ts'

/** `GET /errors/:code` */
export function errorPage(): Route {
  return codePage({
    folder: 'errors',
    summary: 'Read about an error',
    titleOf: (code) =>
      Object.hasOwn(errorKinds, code) ? errorKinds[code as ErrorCode].title : undefined,
  })
}
