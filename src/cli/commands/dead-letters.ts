import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { listDeadLettersCommand } from './dead-letters/list.ts'
import { removeDeadLettersCommand } from './dead-letters/remove.ts'
import { resendDeadLettersCommand } from './dead-letters/resend.ts'
import { showDeadLetterCommand } from './dead-letters/show.ts'
import { withExamples } from './options.ts'

/** `signalbox dead-letters`: messages that could not be applied. */
export function deadLettersCommand(context: CommandContext): Command {
  const command = new Command('dead-letters')
    .summary('list, send again and remove messages that could not be applied')
    .description(
      'A message from outside that cannot be applied (no key, not JSON, no such execution) is put aside with the reason, and what follows it goes on. Here they are listed, looked at, sent again after the reason was put right, or removed.',
    )
    .addCommand(listDeadLettersCommand(context), { isDefault: true })
    .addCommand(showDeadLetterCommand(context))
    .addCommand(resendDeadLettersCommand(context))
    .addCommand(removeDeadLettersCommand(context))
  return withExamples(command, [
    ['What could not be applied?', 'signalbox dead-letters'],
    ['The reason is gone: again', 'signalbox dead-letters resend --all'],
  ])
}
