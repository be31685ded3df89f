#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { text } from 'node:stream/consumers'

// Before anything of ours is loaded: the next call starts in half the time.
enableCompileCache()
const { processEnvironment } = await import('../config/environment.ts')
const { runCli } = await import('./run-cli.ts')
const { processTerminal } = await import('./terminal.ts')

const env = processEnvironment()

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(env),
  env,
  cwd: process.cwd(),
  readStdin: () => text(process.stdin),
  interruption: onInterruption,
})

/** Aborted by the first Ctrl-C. */
function onInterruption(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  process.once('SIGTERM', () => controller.abort())
  return controller.signal
}
