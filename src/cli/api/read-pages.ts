import type { ApiClient } from './client.ts'
import type { Page } from './shapes.ts'

/** The most that the API gives at once: fewer requests. */
const pageItems = 500

/** A list of the API, page by page, to its end. */
export async function* readPages<Item>(
  client: Pick<ApiClient, 'call'>,
  path: string,
  options: { readonly cursor?: string; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly Item[]> {
  let { cursor } = options
  do {
    const page: Page<Item> = await client.call(path, {
      query: { cursor, limit: pageItems },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    yield page.items
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
