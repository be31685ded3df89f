import type { FastifyInstance, FastifySchema, onRequestHookHandler, RouteOptions } from 'fastify'
import { type ErrorCode, errorKinds } from '../errors/catalogue.ts'
import { limits } from '../kernel/limits.ts'
import type { Authorize } from './auth/authorize.ts'
import type { Access } from './auth/roles.ts'
import { parseText } from './body/parse-text.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Route } from './route.ts'

/** A request's own envelope around one payload. */
const envelopeBytes = 64_000

/** Codes that any route can answer with. */
const errorsOfAll: readonly ErrorCode[] = ['REQUEST_INVALID', 'INTERNAL', 'STORE_UNAVAILABLE']
const errorsWithBody: readonly ErrorCode[] = ['BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED']
const errorsOfJson: readonly ErrorCode[] = ['JSON_INVALID', 'JSON_TOO_DEEP']
const errorsOfAccess: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN']

/**
 * Makes Fastify's routes of ours. Each route gets its own small hooks instead of common ones that
 * would have to find out at every request which route it is.
 */
export function registerRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  { authorize, metrics }: { readonly authorize: Authorize; readonly metrics: Metrics },
): void {
  const register = (instance: FastifyInstance, route: Route): void => {
    instance.route(routeOptions(route, authorize, metrics))
  }
  for (const route of routes) if (route.textBody === undefined) register(app, route)
  void app.register(async (texts) => {
    texts.removeAllContentTypeParsers()
    for (const route of routes) if (route.textBody !== undefined) register(texts, route)
    const mediaTypes = new Set(routes.flatMap(({ textBody }) => textBody ?? []))
    texts.addContentTypeParser([...mediaTypes], { parseAs: 'buffer' }, (_request, body, done) => {
      try {
        done(null, parseText(body as Buffer))
      } catch (error) {
        done(error as Error)
      }
    })
  })
}

function routeOptions(route: Route, authorize: Authorize, metrics: Metrics): RouteOptions {
  const timer = metrics.route(route.method, route.path)
  return {
    method: route.method,
    url: route.path,
    schema: schemaOf(route),
    bodyLimit: route.bodyBytesMax ?? limits.payloadBytes + envelopeBytes,
    exposeHeadRoute: route.stream !== true,
    onRequest: checkAccess(authorize, route.access),
    ...(route.stream === true
      ? {}
      : {
          onResponse: (_request, reply, done) => {
            timer.observe(reply.statusCode, reply.elapsedTime)
            done()
          },
        }),
    handler: route.handle,
  }
}

/** The hook that lets a request in, or throws. */
export function checkAccess(authorize: Authorize, access: Access): onRequestHookHandler {
  return (request, _reply, done) => {
    try {
      request.identity = authorize(request.raw as Parameters<Authorize>[0], access)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

function schemaOf(route: Route): FastifySchema {
  const { body, params, query, headers } = route
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: operationId(route),
    ...(route.textBody === undefined ? {} : { consumes: route.textBody }),
    ...(body === undefined ? {} : { body }),
    ...(route.textBody === undefined ? {} : { body: { type: 'string', minLength: 1 } }),
    ...(params === undefined ? {} : { params }),
    querystring: query ?? { type: 'object', properties: {}, additionalProperties: false },
    ...(headers === undefined ? {} : { headers }),
    ...(route.access === 'anyone' ? { security: [] } : {}),
    response: responsesOf(route),
  }
}

/** `POST /api/executions/:id/retry` is `postExecutionsByIdRetry`. */
function operationId(route: Route): string {
  const words = route.path
    .replace(/^\/api\//, '/')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith(':') ? `by-${word.slice(1)}` : word))
    .flatMap((word) => word.split('-'))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return route.method.toLowerCase() + words.join('')
}

function responsesOf(route: Route): Record<number, object> {
  const responses: Record<number, object> = {}
  for (const [status, { description, schema, mediaType }] of Object.entries(route.answers)) {
    responses[Number(status)] = {
      description,
      content: { [mediaType ?? 'application/json']: { schema } },
    }
  }
  for (const [status, codes] of codesByStatus(route)) {
    responses[status] ??= {
      description: codes.map((code) => `${code}: ${errorKinds[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
    }
  }
  return responses
}

/** The error codes of a route, by status: what the documentation promises. */
function codesByStatus(route: Route): ReadonlyMap<number, readonly ErrorCode[]> {
  const hasJson = route.body !== undefined
  const hasBody = hasJson || route.textBody !== undefined
  const codes = new Set([
    ...route.errors,
    ...errorsOfAll,
    ...(hasBody ? errorsWithBody : []),
    ...(hasJson ? errorsOfJson : []),
    ...(route.access === 'anyone' ? [] : errorsOfAccess),
  ])
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const { status } = errorKinds[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return byStatus
}
