import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Every line of every file, as it stands there. */
export async function archiveLines(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).toSorted()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''))
}
