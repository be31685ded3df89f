import { readFileSync } from 'node:fs'

/** The version of this Signalbox. `package.json` stands two folders above, in source and build. */
export const version = readVersion(new URL('../../package.json', import.meta.url))

function readVersion(manifest: URL): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (typeof version !== 'string') throw new Error(`no version in ${manifest.href}`)
  return version
}
