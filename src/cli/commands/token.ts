import { Argument, Command, InvalidArgumentError } from 'commander'
import { type Role, roles } from '../../config/configuration.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { createToken, hashToken } from '../../http/auth/hash-token.ts'
import { type CommandContext, printJson, printLine, say } from '../context.ts'
import { withExamples } from './options.ts'

/** `signalbox token NAME`: makes a token and the entry of the configuration that knows its hash. */
export function tokenCommand(context: CommandContext): Command {
  const command = new Command('token')
    .summary('make an API token and its hash for the configuration')
    .description(
      'Makes a random token and prints it once, on stdout, with the entry for `auth.tokens` that lets it in. The configuration holds only the hash. Nothing is sent anywhere.',
    )
    .addArgument(new Argument('<name>', 'whose it is; the actor recorded in journals'))
    .option(
      '-r, --role <role>',
      `what it may do: ${roles.join(', ')} (default viewer); may be given several times`,
      collectRole,
    )
    .option('--json', 'print JSON for programs')
    .action(
      (name: string, { role = ['viewer'], json }: { role?: readonly Role[]; json?: boolean }) => {
        if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/.test(name)) {
          throw new SignalboxError(
            'NAME_INVALID',
            `expected a name of letters, digits, "_", "-" and "." that begins with a letter, found ${JSON.stringify(name)}`,
          )
        }
        const token = createToken()
        const sha256 = hashToken(token)
        if (json === true) {
          printJson(context, { name, token, sha256, roles: role })
          return
        }
        say(context, 'The token, shown only now:')
        printLine(context, token)
        say(
          context,
          `\nFor signalbox.yaml:\nauth:\n  tokens:\n    - { name: ${name}, sha256: ${sha256}, roles: [${role.join(', ')}] }`,
        )
      },
    )
  return withExamples(command, [
    ['A token for a worker', 'signalbox token inventory --role worker'],
    ['Keep it in a file', 'signalbox token ci --role designer > ci.token'],
  ])
}

function collectRole(text: string, previous: readonly Role[] | undefined): readonly Role[] {
  const role = roles.find((known) => known === text)
  if (role === undefined) throw new InvalidArgumentError(`Expected one of ${roles.join(', ')}.`)
  return [...(previous ?? []), role]
}
