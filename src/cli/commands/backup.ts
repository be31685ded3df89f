import { Command } from 'commander'
import { resolve } from 'node:path'
import { loadConfiguration } from '../../config/load.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { configurationFlags, withConfiguration, withExamples } from './options.ts'

const mebibyte = 1024 * 1024

/** `signalbox backup --to FILE`: a copy of the SQLite file, while it is written to. */
export function backupCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('backup'))
    .summary('copy the SQLite database while the server runs')
    .description(
      'Makes a copy of the database of the configuration as it is at one moment, while a server goes on writing to it. The copy has its name only when it is whole, on the disk and found sound; a file that is there is never replaced. PostgreSQL has its own tools for this (pg_dump, pg_basebackup).',
    )
    .requiredOption('--to <file>', 'the file to be made')
    .option('--json', 'print JSON for programs')
    .action((options: Record<string, unknown>) => backUp(context, options))
  return withExamples(command, [
    ['Every night', 'signalbox backup --to /backup/signalbox-$(date +%F).db'],
  ])
}

async function backUp(context: CommandContext, options: Record<string, unknown>): Promise<void> {
  const { store } = loadConfiguration({
    env: context.env,
    flags: configurationFlags(options),
    cwd: context.cwd,
  })
  if (store.kind !== 'sqlite') {
    throw new SignalboxError(
      'CONFIG_INVALID',
      `expected a store of kind sqlite, found ${store.kind}: back it up with its own tools`,
    )
  }
  const { backupSqlite } = await import('../../store/sqlite/backup-sqlite.ts')
  const to = resolve(context.cwd, String(options['to']))
  const { path, sizeBytes } = await backupSqlite({ path: store.path, to })
  if (options['json'] === true) printJson(context, { path, sizeBytes })
  else say(context, `${path}: ${Math.ceil(sizeBytes / mebibyte)} MiB, checked.`)
}
