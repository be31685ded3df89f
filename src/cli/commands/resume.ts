import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox resume EXECUTION` */
export function resumeCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'resume',
    summary: 'let a paused execution go on',
    description: 'Lets a paused execution go on; kept events are applied in order.',
    exampleReason: 'stock is counted',
  })
}
