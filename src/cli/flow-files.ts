import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SignalboxError } from '../errors/signalbox-error.ts'

/** A folder with more files than this is not a folder of flows. */
const flowFilesMax = 1_000

const skippedFolders = new Set(['node_modules', 'dist', 'coverage'])

/** Whether a file's name says that it is a flow. */
export function isFlowFile(name: string): boolean {
  return /\.flow\.(ya?ml|json)$/.test(name)
}

/** The flow files in folders (with their subfolders) and among files, each once, sorted. */
export async function findFlowFiles(
  paths: readonly string[],
  cwd: string,
): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    for (const file of await filesAt(resolve(cwd, path))) found.add(file)
  }
  return [...found].toSorted()
}

async function filesAt(path: string): Promise<readonly string[]> {
  let kind: 'file' | 'folder'
  try {
    kind = (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch (cause) {
    throw new SignalboxError(
      'FILE_UNREADABLE',
      `expected a flow or a folder at ${path}, found none`,
      {
        cause,
      },
    )
  }
  return kind === 'file' ? [path] : walk(path)
}

async function walk(root: string): Promise<readonly string[]> {
  const files: string[] = []
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !skippedFolders.has(entry.name)) folders.push(path)
      } else if (isFlowFile(entry.name)) files.push(path)
      if (files.length > flowFilesMax) {
        throw new SignalboxError(
          'FILE_UNREADABLE',
          `expected at most ${flowFilesMax} flows in ${root}, found more`,
        )
      }
    }
  }
  return files
}
