import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the peer has its package, its lock file and its programs. */
export function peerFolder(peer: string): string {
  return fileURLToPath(new URL(`../../peers/${peer}/`, import.meta.url))
}

/** Brings a peer's packages into its own folder, if they are not there; no install scripts are run. */
export function installPeer(peer: string): void {
  const folder = peerFolder(peer)
  if (existsSync(`${folder}node_modules/.package-lock.json`)) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  })
}
