import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox retry EXECUTION` */
export function retryCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'retry',
    summary: 'try again what failed',
    description: 'Sends the command, or runs the compensation, of an incident once more.',
    exampleReason: 'the payment service is back',
    options: [
      {
        property: 'data',
        flags: '-d, --data <data>',
        description: 'replaces the data of the compensation: JSON, @FILE or - for stdin',
      },
    ],
  })
}
