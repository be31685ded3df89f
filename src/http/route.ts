import type { FastifyReply, FastifyRequest, HTTPMethods, RouteGenericInterface } from 'fastify'
import type { ErrorCode } from '../errors/catalogue.ts'
import type { Access } from './auth/roles.ts'

export type Tag =
  | 'flows'
  | 'executions'
  | 'events'
  | 'channels'
  | 'dead letters'
  | 'live'
  | 'operations'
  | 'reference'

export type JsonSchema = { readonly [key: string]: unknown }

/** What a route's answer with one status is. */
export interface Answer {
  readonly description: string
  readonly schema: JsonSchema
  /** `application/json` if absent. */
  readonly mediaType?: string
}

/**
 * One route: all that Fastify, the OpenAPI document, the table of roles and the tests need to know.
 * `Shape` names the types of its params, query and body, which its schemas guarantee.
 */
export interface RouteDefinition<Shape extends RouteGenericInterface> {
  readonly method: HTTPMethods & ('GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE')
  readonly path: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  readonly access: Access
  readonly params?: JsonSchema
  readonly query?: JsonSchema
  readonly headers?: JsonSchema
  readonly body?: JsonSchema
  /** Media types of the body if it is a text that is handed on unread. */
  readonly textBody?: readonly string[]
  readonly bodyBytesMax?: number
  readonly answers: Readonly<Record<number, Answer>>
  /** Codes besides those that every route can answer with. */
  readonly errors: readonly ErrorCode[]
  /** A stream: no HEAD twin, not counted in durations. */
  readonly stream?: boolean
  readonly handle: (request: FastifyRequest<Shape>, reply: FastifyReply) => unknown
}

/** A route whose types were forgotten, as the table of routes holds it. */
export type Route = Omit<RouteDefinition<RouteGenericInterface>, 'handle'> & {
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown
}

/** Checks a route's definition against its own types, then forgets them. */
export function defineRoute<Shape extends RouteGenericInterface = RouteGenericInterface>(
  definition: RouteDefinition<Shape>,
): Route {
  // The schemas of the definition are what makes the request fit Shape.
  return { ...definition, handle: definition.handle as Route['handle'] }
}
