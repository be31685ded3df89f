import { type Command, InvalidArgumentError, Option } from 'commander'

/** Adds what every command that talks to a server understands. */
export function withServer(command: Command): Command {
  return command
    .option('--url <url>', 'where Signalbox is (SIGNALBOX_URL; default http://127.0.0.1:7700)')
    .option('--token <token>', 'API token (SIGNALBOX_TOKEN); file:PATH and env:NAME are understood')
    .option('--json', 'print JSON for programs')
}

/** The flags of the server's configuration; they override variables and file. */
export function withConfiguration(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file (SIGNALBOX_CONFIG; default signalbox.yaml)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('-p, --port <port>', 'port to listen on; 0 takes a free one (default 7700)')
    .option(
      '--store <url>',
      'sqlite:PATH, postgres://… or memory: (default sqlite:.signalbox/signalbox.db)',
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent')
    .addOption(
      new Option('--log-pretty <choice>', 'log lines for people').choices([
        'auto',
        'true',
        'false',
      ]),
    )
}

/** The names and values of configuration flags as `loadConfiguration` takes them. */
export function configurationFlags(
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string | readonly string[] | undefined>> {
  const text = (name: string) => {
    const value = options[name]
    return typeof value === 'string' ? value : undefined
  }
  const flows = options['flows']
  return {
    '--config': text('config'),
    '--host': text('host'),
    '--port': text('port'),
    '--store': text('store'),
    '--log-level': text('logLevel'),
    '--log-pretty': text('logPretty'),
    '--flows': Array.isArray(flows) ? flows.map(String) : undefined,
  }
}

/** For flags that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}

/** A whole number from 1 on. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('Expected a whole number from 1.')
  return Number(text)
}

/** Adds examples to the end of a command's help. */
export function withExamples(
  command: Command,
  examples: readonly (readonly [string, string])[],
): Command {
  const lines = examples.map(([what, how]) => `  # ${what}\n  $ ${how}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}
