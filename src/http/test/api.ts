import type { HttpServer } from '../server.ts'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** The parsed JSON; tests know its shape. */
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of an answer, whose shape is what is tested
  readonly body: any
}

type Headers = Record<string, string>

/** Requests in the words of tests. */
export interface Api {
  get(path: string, headers?: Headers): Promise<ApiAnswer>
  delete(path: string, headers?: Headers): Promise<ApiAnswer>
  post(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer>
  patch(path: string, body: unknown, headers?: Headers): Promise<ApiAnswer>
  postText(path: string, text: string, mediaType: string, headers?: Headers): Promise<ApiAnswer>
}

export function apiOf(http: HttpServer): Api {
  const send = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    payload: string | undefined,
    headers: Headers,
  ): Promise<ApiAnswer> => {
    const answer = await http.inject({
      method,
      url,
      headers: { host: 'localhost', ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: isJson ? JSON.parse(answer.body) : undefined,
    }
  }
  const json = { 'content-type': 'application/json' }
  return {
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    delete: (path, headers = {}) => send('DELETE', path, undefined, headers),
    post: (path, body, headers = {}) =>
      send('POST', path, JSON.stringify(body), { ...json, ...headers }),
    patch: (path, body, headers = {}) =>
      send('PATCH', path, JSON.stringify(body), { ...json, ...headers }),
    postText: (path, text, mediaType, headers = {}) =>
      send('POST', path, text, { 'content-type': mediaType, ...headers }),
  }
}
