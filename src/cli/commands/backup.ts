import { Command } from 'commander'
import { resolve } from 'node:path'
import { loadConfiguration } from '../../config/load.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { type CommandContext, printJson, say } from '../context.ts'
import { configurationFlags, withConfiguration, withExamples } from './options.ts'

const mebibyte = 1024 * 1024

/** `signalbox backup FILE` (or `--to FILE`): a copy of the SQLite file, while it is written to. */
export function backupCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('backup'))
    .summary('copy the SQLite database while the server runs')
    .description(
      'Makes a copy of the database of the configuration as it is at one moment, while a server goes on writing to it. The copy has its name only when it is whole, on the disk and found sound; a file that is there is never replaced. PostgreSQL has its own tools for this (pg_dump, pg_basebackup).',
    )
    .argument('[file]', 'the file to be made')
    .option('--to <file>', 'the same, as an option')
    .option('--json', 'print JSON for programs')
    .action((file: string | undefined, options: Record<string, unknown>) =>
      backUp(context, file ?? options['to'], options),
    )
  return withExamples(command, [
    ['Every night', 'signalbox backup /backup/signalbox-$(date +%F).db'],
  ])
}

async function backUp(
  context: CommandContext,
  file: unknown,
  options: Record<string, unknown>,
): Promise<void> {
  if (typeof file !== 'string') {
    throw new SignalboxError('REQUEST_INVALID', 'expected the file to be made, found none')
  }
  const { store } = loadConfiguration({
    env: context.env,
    flags: configurationFlags(options),
    cwd: context.cwd,
  })
  if (store.kind !== 'sqlite') {
    throw new SignalboxError(
      'REQUEST_INVALID',
      `expected a store that is a file (sqlite:PATH), found ${store.kind}; docs/operations/backup.md says what to do instead`,
    )
  }
  const { backupSqlite } = await import('../../store/sqlite/backup-sqlite.ts')
  const to = resolve(context.cwd, file)
  const { path, sizeBytes } = await backupSqlite({ path: store.path, to })
  if (options['json'] === true) printJson(context, { path, sizeBytes })
  else say(context, `${path}: ${Math.ceil(sizeBytes / mebibyte)} MiB, checked.`)
}
