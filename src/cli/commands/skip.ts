import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox skip EXECUTION` */
export function skipCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'skip',
    summary: 'skip what failed and go on',
    description: 'Leaves out the command or compensation of an incident and goes on.',
    exampleReason: 'refunded by hand',
  })
}
