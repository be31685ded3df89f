import { Command } from 'commander'
import { loadConfiguration } from '../../config/load.ts'
import type { Configuration } from '../../config/configuration.ts'
import { examineChannels } from '../doctor/examine-channels.ts'
import { examineServer } from '../doctor/examine-server.ts'
import { examineStore } from '../doctor/examine-store.ts'
import { type Finding, ok, problem, reasonOf, warning } from '../doctor/finding.ts'
import { apiOf, type CommandContext, printJson, printLine, say } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeControls } from '../render/escape.ts'
import { configurationFlags, withConfiguration, withExamples } from './options.ts'

/** `signalbox doctor`: looks at everything that can be wrong, and says what to do. */
export function doctorCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('doctor'))
    .summary('look at configuration, store, channels and server; say what to do')
    .description(
      'Looks at the configuration, the store (reachable, sound, schema, clock, room), the brokers and services of the channels (topics, partitions, lag), and at what a running server says: lease, liveness ledger, timers, outbox, incidents, dead letters. Changes nothing. Exit code 1 when there is a problem; warnings alone are 0. With --json: one JSON line for each finding.',
    )
    .option('--url <url>', 'where Signalbox is (SIGNALBOX_URL; default http://127.0.0.1:7700)')
    .option('--token <token>', 'API token (SIGNALBOX_TOKEN)')
    .option('--json', 'print JSON for programs')
    .action((options: Record<string, unknown>) => examine(context, options))
  return withExamples(command, [
    ['Is all well?', 'signalbox doctor -c /etc/signalbox/signalbox.yaml'],
    ['What is not?', `signalbox doctor --json | jq 'select(.level != "ok")'`],
  ])
}

async function examine(context: CommandContext, options: Record<string, unknown>): Promise<void> {
  const counts = { ok: 0, warning: 0, problem: 0 }
  const tell = (finding: Finding): void => {
    counts[finding.level] += 1
    if (options['json'] === true) printJson(context, finding)
    else printLine(context, describe(context, finding))
  }

  const configuration = readConfiguration(context, options, tell)
  if (configuration !== undefined) {
    for (const finding of await examineStore(configuration)) tell(finding)
    for (const finding of await examineChannels(configuration)) tell(finding)
  }
  const { url, token } = options
  const client = apiOf(context, {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof token === 'string' ? { token } : {}),
  })
  for (const finding of await examineServer(client)) tell(finding)

  say(context, `Problems: ${counts.problem}; warnings: ${counts.warning}; in order: ${counts.ok}.`)
  if (counts.problem > 0) context.exit(exitCodes.failed.code)
}

function readConfiguration(
  context: CommandContext,
  options: Record<string, unknown>,
  tell: (finding: Finding) => void,
): Configuration | undefined {
  try {
    const configuration = loadConfiguration({
      env: context.env,
      flags: configurationFlags(options),
      cwd: context.cwd,
    })
    tell(ok('configuration', configuration.file ?? 'no file: variables, flags and defaults'))
    for (const text of configuration.warnings) {
      tell(warning('configuration', text, 'Correct the name of the variable.'))
    }
    return configuration
  } catch (error) {
    tell(problem('configuration', reasonOf(error), 'Correct it: the server would not start.'))
    return undefined
  }
}

const signs = { ok: 'ok', warning: 'warning', problem: 'PROBLEM' } as const
const colours = { ok: 'green', warning: 'yellow', problem: 'red' } as const

function describe(context: CommandContext, { level, subject, found, advice }: Finding): string {
  const { paint } = context.terminal.data
  const sign = paint(colours[level], signs[level].padEnd(8))
  const line = `${sign} ${escapeControls(`${subject}: ${found}`)}`
  return advice === undefined ? line : `${line}\n         ${escapeControls(advice)}`
}
