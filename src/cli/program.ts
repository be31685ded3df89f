import { Command } from 'commander'
import { archiveCommand } from './commands/archive.ts'
import { backupCommand } from './commands/backup.ts'
import { cancelCommand } from './commands/cancel.ts'
import { checkCommand } from './commands/check.ts'
import { completionCommand } from './commands/completion.ts'
import { configCommand } from './commands/config.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { devCommand } from './commands/dev.ts'
import { doctorCommand } from './commands/doctor.ts'
import { flowCommand } from './commands/flow.ts'
import { flowsCommand } from './commands/flows.ts'
import { healthCommand } from './commands/health.ts'
import { listCommand } from './commands/list.ts'
import { moveCommand } from './commands/move.ts'
import { pauseCommand } from './commands/pause.ts'
import { publishCommand } from './commands/publish.ts'
import { replicasCommand } from './commands/replicas.ts'
import { resumeCommand } from './commands/resume.ts'
import { retentionCommand } from './commands/retention.ts'
import { retryCommand } from './commands/retry.ts'
import { rollbackCommand } from './commands/rollback.ts'
import { runCommand } from './commands/run.ts'
import { sendCommand } from './commands/send.ts'
import { showCommand } from './commands/show.ts'
import { skipCommand } from './commands/skip.ts'
import { startCommand } from './commands/start.ts'
import { tokenCommand } from './commands/token.ts'
import { workersCommand } from './commands/workers.ts'
import type { CommandContext } from './context.ts'
import { version } from './version.ts'

/** Columns of help where there is no terminal: also the width of the reference page. */
const helpColumns = 90

/** The commands by group, in the order of the help. */
function commandGroups(
  context: CommandContext,
): readonly (readonly [string, readonly Command[]])[] {
  const made = (...factories: readonly ((context: CommandContext) => Command)[]) =>
    factories.map((create) => create(context))
  return [
    ['Server', made(startCommand, devCommand, configCommand, tokenCommand)],
    ['Flows', made(checkCommand, publishCommand, flowsCommand, flowCommand)],
    ['Executions', made(runCommand, sendCommand, listCommand, showCommand, workersCommand)],
    [
      'Acts of an operator',
      made(
        retryCommand,
        skipCommand,
        rollbackCommand,
        cancelCommand,
        pauseCommand,
        resumeCommand,
        moveCommand,
      ),
    ],
    [
      'Operations',
      made(
        healthCommand,
        doctorCommand,
        replicasCommand,
        deadLettersCommand,
        backupCommand,
        retentionCommand,
        archiveCommand,
      ),
    ],
    ['Shell', made(completionCommand)],
  ]
}

/** The whole command line. Nothing in it exits or writes but through the context. */
export function createProgram(context: CommandContext): Command {
  const { data, talk } = context.terminal
  const program = new Command('signalbox')
    .description('Runs sagas and lets people see them.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => data.write(text),
      writeErr: (text) => talk.write(text),
      outputError: (text, write) => write(talk.paint('red', text)),
      getOutHelpWidth: () => data.columns ?? helpColumns,
      getErrHelpWidth: () => talk.columns ?? helpColumns,
      getOutHasColors: () => data.hasColors,
      getErrHasColors: () => talk.hasColors,
    })
    .configureHelp({ styleTitle: (title) => data.paint('bold', title), showGlobalOptions: false })
  program.addHelpCommand(
    new Command('help')
      .argument('[command]')
      .description('print help for a command')
      .helpGroup('Shell:'),
  )
  for (const [group, commands] of commandGroups(context)) {
    for (const command of commands) {
      for (const each of [command, ...command.commands]) {
        each.copyInheritedSettings(program).helpOption('-h, --help', 'print help')
      }
      program.addCommand(command.helpGroup(`${group}:`))
    }
  }
  return program.addHelpText(
    'after',
    '\nFirst steps:\n  $ signalbox dev flows/        # a server for writing flows\n  $ signalbox run FLOW          # start an execution and watch it\n  $ signalbox help COMMAND      # options and examples of a command',
  )
}
