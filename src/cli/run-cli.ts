import { CommanderError } from 'commander'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { CommandContext } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { createProgram } from './program.ts'
import { failureJson, renderFailure } from './render/failure.ts'

/** Runs one command line; answers with the exit code. Never throws. */
export async function runCli(
  argv: readonly string[],
  surroundings: Omit<CommandContext, 'exit'>,
): Promise<number> {
  let exitCode: number = exitCodes.ok.code
  const context: CommandContext = {
    ...surroundings,
    exit: (code) => {
      exitCode = code
    },
  }
  try {
    const program = createProgram(context)
    if (argv.length === 0) {
      program.outputHelp()
      return exitCodes.ok.code
    }
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code
    }
    return reportFailure(error, argv, context)
  }
}

function reportFailure(error: unknown, argv: readonly string[], context: CommandContext): number {
  if (isInterruption(error)) return exitCodes.interrupted.code
  const { talk } = context.terminal
  const text = argv.includes('--json')
    ? JSON.stringify(failureJson(error))
    : renderFailure(error, talk.paint)
  talk.write(`${text}\n`)
  return error instanceof SignalboxError ? error.exitCode : exitCodes.internal.code
}

function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
