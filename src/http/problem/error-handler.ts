import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../engine/log.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { errorToProblem, problemHeaders } from './problem.ts'
import { toSignalboxError } from './to-signalbox-error.ts'

/** Answers whatever was thrown in a hook, a parser or a handler. */
export function createErrorHandler(
  log: Log,
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    sendProblem(reply, toSignalboxError(withRouteFacts(error, request), request, log))
  }
}

export function sendProblem(reply: FastifyReply, error: SignalboxError): void {
  reply
    .code(error.status)
    .headers(problemHeaders(error))
    .serializer(JSON.stringify)
    .send(errorToProblem(error))
}

/** Two of Fastify's errors want figures of the route in their sentence. */
function withRouteFacts(error: unknown, request: FastifyRequest): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const limit = request.routeOptions.bodyLimit
    return new SignalboxError(
      'BODY_TOO_LARGE',
      `expected a body of at most ${limit} bytes, found ${request.headers['content-length'] ?? 'more'}`,
    )
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const found = request.headers['content-type']
    return new SignalboxError(
      'MEDIA_TYPE_UNSUPPORTED',
      `expected Content-Type ${expectedMediaTypes(request)}, found ${found === undefined ? 'none' : JSON.stringify(found)}`,
    )
  }
  return error
}

function expectedMediaTypes(request: FastifyRequest): string {
  const types = request.routeOptions.schema?.consumes ?? ['application/json']
  return types.join(' or ')
}
