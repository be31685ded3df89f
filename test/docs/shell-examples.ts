import type { RepositoryFile } from '../tidy/repository.ts'

/** A command line of a document, split into words as a shell does. */
export interface ShellExample {
  readonly place: string
  readonly words: readonly string[]
}

const fence = /^```(?:sh|bash|console)\n([\s\S]*?)^```/gm

/** The commands in the shell examples of documents: `signalbox …`, `curl …` and their like. */
export function shellExamples(files: readonly RepositoryFile[]): readonly ShellExample[] {
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(fence)].flatMap(([, body = '']) =>
        commandLines(body).map((line) => ({ place: `${path}: ${line}`, words: splitWords(line) })),
      ),
    )
}

/** A line goes on after a backslash and inside quoted JSON; several commands may share one. */
function commandLines(body: string): readonly string[] {
  return body
    .replaceAll(/\\\n\s*/g, ' ')
    .replaceAll(/ '\{[^']*\}'/g, (json) => json.replaceAll(/\s*\n\s*/g, ' '))
    .split(/\n|; | \| | && /)
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s#\s.*$/, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'))
}

export function splitWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_quoted, double, single) => double ?? single ?? ''),
  )
}
