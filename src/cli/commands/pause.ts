import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox pause EXECUTION` */
export function pauseCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'pause',
    summary: 'hold an execution',
    description: 'Holds an execution: events are kept and timers wait until it is resumed.',
    exampleReason: 'stock is being counted',
  })
}
