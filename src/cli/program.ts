import { Command } from 'commander'
import { configCommand } from './commands/config.ts'
import { tokenCommand } from './commands/token.ts'
import type { CommandContext } from './context.ts'
import { version } from './version.ts'

/** Columns of help where there is no terminal: also the width of the reference page. */
const helpColumns = 90

/** The commands by group, in the order of the help. */
function commandGroups(
  context: CommandContext,
): readonly (readonly [string, readonly Command[]])[] {
  return [['Tools', [configCommand(context), tokenCommand(context)]]]
}

/** The whole command line. Nothing in it exits or writes but through the context. */
export function createProgram(context: CommandContext): Command {
  const { data, talk } = context.terminal
  const program = new Command('signalbox')
    .description('Runs sagas and lets people see them.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => data.write(text),
      writeErr: (text) => talk.write(text),
      outputError: (text, write) => write(talk.paint('red', text)),
      getOutHelpWidth: () => data.columns ?? helpColumns,
      getErrHelpWidth: () => talk.columns ?? helpColumns,
      getOutHasColors: () => data.isTerminal,
      getErrHasColors: () => talk.isTerminal,
    })
    .configureHelp({ styleTitle: (title) => data.paint('bold', title), showGlobalOptions: false })
  for (const [group, commands] of commandGroups(context)) {
    for (const command of commands) {
      program.addCommand(
        command
          .copyInheritedSettings(program)
          .helpOption('-h, --help', 'print help')
          .helpGroup(`${group}:`),
      )
    }
  }
  return program.addHelpText(
    'after',
    '\nFirst steps:\n  $ signalbox dev flows/        # a server for writing flows\n  $ signalbox run FLOW          # start an execution and watch it\n  $ signalbox help COMMAND      # options and examples of a command',
  )
}
