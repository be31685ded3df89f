import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { loadConfiguration } from '../../config/load.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { runRetention } from '../../maintenance/run-retention.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { configurationFlags, withConfiguration, withExamples } from './options.ts'

/** `signalbox retention`: deleting finished executions by age. */
export function retentionCommand(context: CommandContext): Command {
  const command = new Command('retention')
    .summary('delete finished executions that are old enough')
    .description(
      'The server does this by itself every hour where `retention.finishedAfterDays` is set. This is for doing it now.',
    )
    .addCommand(runCommand(context))
  return withExamples(command, [['Now', 'signalbox retention run']])
}

function runCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('run'))
    .summary('do it now')
    .description(
      'Deletes finished executions as `retention` of the configuration says, in small batches, after writing them to the archive if there is one. With PostgreSQL beside running replicas; an SQLite file has to be free. Ctrl-C ends it after the batch under way.',
    )
    .option('--json', 'print JSON for programs')
    .action((options: Record<string, unknown>) => run(context, options))
  return withExamples(command, [
    ['With the configuration of the server', 'signalbox retention run -c signalbox.yaml'],
  ])
}

async function run(context: CommandContext, options: Record<string, unknown>): Promise<void> {
  const configuration = loadConfiguration({
    env: context.env,
    flags: configurationFlags(options),
    cwd: context.cwd,
  })
  if (configuration.retention.finishedAfterMs === undefined) {
    throw new SignalboxError(
      'CONFIG_INVALID',
      'expected retention.finishedAfterDays above 0, found 0: finished executions are kept for ever',
    )
  }
  // Loaded when needed: the drivers are large.
  const { openStore } = await import('../server/open-store.ts')
  const store = await openStore(configuration.store)
  const signal = context.interruption()
  try {
    const result = await runRetention({
      store,
      options: configuration.retention,
      replicaName: configuration.replica.name,
      now: Date.now,
      // Aborted, it has waited long enough.
      pause: (ms) => sleep(ms, undefined, { signal }).catch(() => {}),
      signal,
    })
    if (options['json'] === true) printJson(context, result)
    else say(context, describe(result))
  } finally {
    await store.close()
  }
}

function describe({ deleted, owing }: { deleted: number; owing: number }): string {
  const left =
    owing === 0
      ? ''
      : ` ${owing} stay: commands of theirs wait in the outbox, see signalbox workers.`
  return `${deleted} finished executions deleted.${left}`
}
