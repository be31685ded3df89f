import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

import { type RepositoryFile, root } from './repository.ts'

/** Relative links of documents whose file, or whose heading in it, is not there. */
export function findBrokenLinks(files: readonly RepositoryFile[]): readonly string[] {
  const documents = new Map(
    files.filter(({ path }) => path.endsWith('.md')).map((file) => [file.path, file]),
  )
  return [...documents.values()].flatMap((document) =>
    linksOf(document.text)
      .filter((link) => !resolves(document.path, link, documents))
      .map((link) => `${document.path}: nothing is at ${link}; correct the link`),
  )
}

/** Targets of links and pictures outside code, without those of the web. */
function linksOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/i.test(target))
}

function resolves(
  from: string,
  link: string,
  documents: ReadonlyMap<string, RepositoryFile>,
): boolean {
  const [file = '', heading] = link.split('#', 2)
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), file))
  if (path.startsWith('..') || (!documents.has(path) && !existsSync(join(root, path)))) return false
  if (heading === undefined) return true
  const document = documents.get(path)
  if (document === undefined) return statSync(join(root, path)).isFile()
  return headingsOf(document.text).has(heading)
}

/** Anchors as GitHub makes them. */
function headingsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function withoutFences(text: string): string {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '')
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, '')
}
