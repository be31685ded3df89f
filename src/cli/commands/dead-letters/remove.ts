import { Command } from 'commander'
import { apiPath } from '../../api/client.ts'
import { apiOf, type CommandContext, printJson, say, type ServerOptions } from '../../context.ts'
import { withExamples, withServer } from '../options.ts'
import { type Choice, chosenNumbers, inRequests } from './chosen-numbers.ts'
import { collectNumbers } from './resend.ts'

/** `signalbox dead-letters remove`: for good. */
export function removeDeadLettersCommand(context: CommandContext): Command {
  const command = withServer(new Command('remove').alias('rm'))
    .summary('remove them for good')
    .description('Removes messages that could not be applied. They are applied to nothing.')
    .argument('[numbers...]', 'of the dead letters', collectNumbers)
    .option('--all', 'all of them')
    .option('-c, --channel <channel>', 'with --all: those of this channel')
    .option('--code <code>', 'with --all: those with this reason')
    .action(async (named: readonly number[], options: ServerOptions & Choice) => {
      const client = apiOf(context, options)
      let removed = 0
      for (const numbers of inRequests(await chosenNumbers(client, named, options))) {
        const path = apiPath('dead-letters', 'remove')
        const answer = await client.call<{ removed: number }>(path, {
          method: 'POST',
          body: { numbers },
        })
        removed += answer.removed
      }
      if (options.json === true) printJson(context, { removed })
      else say(context, `${removed} removed.`)
    })
  return withExamples(command, [
    ['This one', 'signalbox dead-letters remove 17'],
    ['Everything that is no JSON', 'signalbox dead-letters remove --all --code JSON_INVALID'],
  ])
}
