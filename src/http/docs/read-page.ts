import { readFile } from 'node:fs/promises'

/** Where the pages lie: the same distance from the sources and from the built files. */
const docsFolder = new URL('../../../docs/', import.meta.url)

/** A page of the documentation, Markdown; undefined if there is none. `code` is a known code. */
export async function readPage(
  folder: 'errors' | 'diagnostics',
  code: string,
): Promise<string | undefined> {
  try {
    return await readFile(new URL(`${folder}/${code}.md`, docsFolder), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
