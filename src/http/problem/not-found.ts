import type { FastifyReply, FastifyRequest } from 'fastify'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Route } from '../route.ts'
import { sendProblem } from './error-handler.ts'

/** Answers what no route matches: another method of a known path, or an unknown path. */
export function createNotFoundHandler(
  routes: readonly Route[],
): (request: FastifyRequest, reply: FastifyReply) => void {
  const patterns = routes.map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  return (request, reply) => {
    const [path = '/'] = request.url.split('?', 1)
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (methods.length === 0) {
      const error = new SignalboxError(
        'ROUTE_NOT_FOUND',
        `expected a path of the API (see /openapi.json), found ${JSON.stringify(path.slice(0, 200))}`,
      )
      return sendProblem(reply, error)
    }
    const allow = [...new Set(methods)].toSorted().join(', ')
    const error = new SignalboxError(
      'METHOD_NOT_ALLOWED',
      `expected ${allow} for this path, found ${request.method}`,
      { details: { allow } },
    )
    return sendProblem(reply, error)
  }
}

function patternOf(path: string): RegExp {
  const source = path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
    .join('/')
  return new RegExp(`^${source}$`)
}
