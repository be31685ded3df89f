import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { createActCommand } from './act.ts'

/** `signalbox move EXECUTION` */
export function moveCommand(context: CommandContext): Command {
  return createActCommand(context, {
    name: 'move',
    summary: 'put an execution into another node',
    description: 'Enters a node as if a transition had led there.',
    exampleReason: 'checked by hand',
    options: [
      {
        property: 'node',
        flags: '-n, --node <node>',
        description: 'node to enter',
        required: true,
      },
    ],
  })
}
