#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { processEnvironment } from '../config/environment.ts'
import { runCli } from './run-cli.ts'
import { processTerminal } from './terminal.ts'

const env = processEnvironment()

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(env),
  env,
  cwd: process.cwd(),
  readStdin: () => text(process.stdin),
  interruption: onInterruption,
})

/** Aborted by the first Ctrl-C; the second one ends the process at once. */
function onInterruption(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  process.once('SIGTERM', () => controller.abort())
  return controller.signal
}
