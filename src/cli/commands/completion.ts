import { Argument, Command } from 'commander'
import { type CommandContext, printLine } from '../context.ts'
import { renderCompletion, type CompletionShell, completionShells } from '../render/completion.ts'
import { withExamples } from './options.ts'

/** `signalbox completion SHELL`: a script that completes commands and flags. */
export function completionCommand(context: CommandContext): Command {
  const command: Command = new Command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script that completes commands and flags in your shell.')
    .addArgument(new Argument('<shell>', 'your shell').choices(completionShells))
    .action((shell: CompletionShell) => {
      const commands = (command.parent?.commands ?? []).map((each) => ({
        name: each.name(),
        summary: each.summary(),
        flags: each.options
          .map(({ long }) => long)
          .filter((long) => long !== undefined && long !== null),
      }))
      printLine(context, renderCompletion(shell, commands))
    })
  return withExamples(command, [
    ['bash', 'source <(signalbox completion bash)'],
    ['zsh', 'source <(signalbox completion zsh)'],
    ['fish', 'signalbox completion fish | source'],
  ])
}
