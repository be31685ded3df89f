import type { FastifyRequest } from 'fastify'

/** Media types that the text of a flow may have; JSON is YAML too, so the text decides. */
export const flowMediaTypes = [
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
  'text/plain',
  'application/json',
] as const

/** The format that the media type promises; undefined when only the text can tell. */
export function formatOf(request: FastifyRequest): 'yaml' | 'json' | undefined {
  const mediaType = request.headers['content-type'] ?? ''
  if (mediaType.startsWith('application/json')) return 'json'
  return mediaType.includes('yaml') ? 'yaml' : undefined
}
