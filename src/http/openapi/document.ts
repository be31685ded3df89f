import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { Authentication } from '../auth/authentication.ts'

/** What the OpenAPI document says besides its routes. */
export function documentOptions(
  version: string,
  authentication: Authentication,
): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Signalbox',
        version,
        description:
          'Runs business processes and lets people see them. Every error is application/problem+json with a code; its page is at /errors/CODE.',
        license: { name: 'Apache-2.0' },
      },
      tags: [
        { name: 'flows', description: 'Definitions and their immutable versions.' },
        { name: 'executions', description: 'Runs of flows, and what operators do with them.' },
        { name: 'events', description: 'What services tell executions.' },
        { name: 'channels', description: 'How workers take commands and report results.' },
        {
          name: 'dead letters',
          description: 'Messages from outside that could not be applied.',
        },
        { name: 'live', description: 'Changes as they happen.' },
        { name: 'operations', description: 'Replicas, health and metrics.' },
        { name: 'reference', description: 'The API itself, and the pages of its codes.' },
      ],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A static API token.' },
        },
      },
      ...(authentication.mode === 'tokens' ? { security: [{ token: [] }] } : {}),
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${index}`,
    },
  }
}
