import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox rollback EXECUTION` */
export function rollbackCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'rollback',
    summary: 'undo what an execution has done',
    description: 'Runs the compensations of all that completed, in reverse order.',
    exampleReason: 'the customer called',
    options: [
      {
        property: 'target',
        flags: '-t, --target <node>',
        description: 'node to enter when all is undone; else it ends as rolled back',
      },
    ],
  })
}
