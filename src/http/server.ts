import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance } from 'fastify'
import { silentLog } from '../engine/log.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { limits } from '../kernel/limits.ts'
import type { Identity } from './auth/authentication.ts'
import { createAuthorize } from './auth/authorize.ts'
import { requireProtectedAddress } from './auth/require-protected-address.ts'
import { access } from './auth/roles.ts'
import { parseJson } from './body/parse-json.ts'
import type { HttpContext } from './context.ts'
import { createLiveFeed } from './live/live-feed.ts'
import { createMetrics } from './metrics/metrics.ts'
import { documentOptions } from './openapi/document.ts'
import type { HttpServerOptions } from './options.ts'
import { answerClientError, headersBytesMax } from './problem/client-error.ts'
import { createErrorHandler } from './problem/error-handler.ts'
import { createNotFoundHandler } from './problem/not-found.ts'
import { createValidatorCompiler } from './problem/validator.ts'
import { checkAccess, registerRoutes } from './register-routes.ts'
import { allRoutes } from './routes.ts'
import { createWaitSignals } from './wait-signals.ts'
import { componentSchemas } from './wire/components.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who the request comes from; set before anything else happens. */
    identity: Identity
  }
}

export interface HttpServer {
  /** Throws PORT_IN_USE. */
  listen(): Promise<{ readonly url: string }>
  /** From now on it says that it is not ready, and serves all the same. */
  drain(): void
  /** Ends long polls and streams, answers what is under way, then closes the address. */
  close(): Promise<void>
  /** A request without a socket, for tests. */
  readonly inject: FastifyInstance['inject']
  /** Undefined while it does not listen. */
  address(): AddressInfo | undefined
}

/** How long `close` waits for answers that are being written. */
const closeGraceMs = 5_000

/** Builds the HTTP API around an engine. Throws BIND_WITHOUT_AUTH. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  requireProtectedAddress(options.host, options.auth)
  const log = options.log ?? silentLog
  const app = createApp(createErrorHandler(log))
  const { context, drain, close: closeContext } = createContext(options)
  const authorize = createAuthorize(options.auth)
  const routes = allRoutes(context)

  for (const [name, schema] of Object.entries(componentSchemas)) {
    app.addSchema({ ...schema, $id: name })
  }
  await app.register(swagger, documentOptions(options.version, options.auth))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', validatorUrl: null },
    uiHooks: { onRequest: checkAccess(authorize, access.anyone) },
    staticCSP: true,
  })
  app.setNotFoundHandler(createNotFoundHandler(routes))
  registerRoutes(app, routes, { authorize, metrics: context.metrics })
  await app.ready()

  return {
    listen: () => listen(app, options),
    drain,
    close: async () => {
      closeContext()
      const timer = setTimeout(() => app.server.closeAllConnections(), closeGraceMs)
      await app.close()
      clearTimeout(timer)
    },
    inject: app.inject.bind(app),
    address: () => {
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address : undefined
    },
  }
}

function createApp(handleError: ReturnType<typeof createErrorHandler>): FastifyInstance {
  const app = Fastify({
    logger: false,
    frameworkErrors: handleError,
    clientErrorHandler: answerClientError,
    // For the request alone; answers of long polls may take as long as they wait.
    requestTimeout: 30_000,
    // Longer than the idle time of common proxies, so that they hang up first.
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2_000 },
    http: { maxHeaderSize: headersBytesMax, headersTimeout: 20_000 },
  })
  app.decorateRequest('identity')
  app.setErrorHandler(handleError)
  app.setValidatorCompiler(createValidatorCompiler())
  // Views are built property by property, so a serialiser has nothing to leave out, and the native
  // one is the fastest for executions, whose largest part (state) has no schema.
  app.setSerializerCompiler(() => JSON.stringify)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
  return app
}

function createContext(options: HttpServerOptions): {
  context: HttpContext
  drain: () => void
  close: () => void
} {
  const { engine } = options
  let isDraining = false
  const waits = createWaitSignals()
  const live = createLiveFeed({ engine, epoch: randomBytes(6).toString('hex') })
  const metrics = createMetrics({
    engine,
    store: options.store,
    liveStreams: () => live.streams(),
    storeMeter: options.storeMeter,
    traces: options.traces,
  })
  const context: HttpContext = {
    engine,
    store: options.store,
    version: options.version,
    log: options.log ?? silentLog,
    waits,
    live,
    metrics,
    compileContext: options.compileContext ?? {},
    inboundMessagesMax: options.limits?.inboundMessages ?? limits.inboundMessages,
    isDraining: () => isDraining,
    requiredChannels: options.requiredChannels ?? [],
  }
  const drain = (): void => {
    isDraining = true
  }
  const close = (): void => {
    drain()
    waits.abortAll()
    live.close()
    metrics.close()
  }
  return { context, drain, close }
}

async function listen(
  app: FastifyInstance,
  { host, port }: HttpServerOptions,
): Promise<{ readonly url: string }> {
  try {
    return { url: await app.listen({ host, port }) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new SignalboxError(
        'PORT_IN_USE',
        `expected port ${port} of ${host} to be free, found another program on it`,
        { cause: error },
      )
    }
    if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
      throw new SignalboxError(
        'CONFIG_INVALID',
        `expected an address and a port that this process may listen on, found ${host}:${port} (${code})`,
        { cause: error },
      )
    }
    throw error
  }
}
