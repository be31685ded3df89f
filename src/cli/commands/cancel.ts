import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox cancel EXECUTION` */
export function cancelCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'cancel',
    summary: 'end an execution without undoing anything',
    description: 'Ends an execution at once. Nothing is undone: see rollback.',
    exampleReason: 'started by mistake',
  })
}
