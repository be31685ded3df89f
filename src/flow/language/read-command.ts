import type { CommandTemplate } from '../../kernel/model/node.ts'
import { compileTemplate } from '../expressions/template.ts'
import { suggest } from '../suggest.ts'
import type { Cursor } from './cursor.ts'
import { readName } from './names.ts'
import { templateOptions } from './saga-context.ts'
import type { SagaContext } from './saga-context.ts'
import { readRetry } from './values.ts'

/** `send: Name`, or `send: { command, channel, data, retry }`. */
export function readCommand(cursor: Cursor, context: SagaContext): CommandTemplate | undefined {
  if (cursor.kind !== 'map') {
    if (cursor.kind === 'list') return cursor.expected('the name of a command, or an object')
    const command = readName('command', cursor)
    const channel = readChannel(cursor, undefined, context)
    return command === undefined || channel === undefined ? undefined : { channel, command }
  }
  cursor.object('a command', ['command', 'channel', 'data', 'retry'], ['command'])
  const name = cursor.get('command')
  const command = name === undefined ? undefined : readName('command', name)
  const channel = readChannel(cursor, cursor.get('channel'), context)
  const data = cursor.get('data')
  const retry = cursor.get('retry')
  const parts = {
    ...(data === undefined ? {} : { data: readData(data, context) }),
    ...(retry === undefined ? {} : { retry: readRetry(retry, context.retry) }),
  }
  return command === undefined || channel === undefined ? undefined : { channel, command, ...parts }
}

/** Any value, with expressions in it. */
export function readData(
  cursor: Cursor,
  context: SagaContext,
): NonNullable<CommandTemplate['data']> {
  return compileTemplate(cursor.node, templateOptions(cursor, context.roots)).expression
}

/** The channel that is named, else the flow's. */
export function readChannel(
  command: Cursor,
  named: Cursor | undefined,
  context: SagaContext,
): string | undefined {
  if (named === undefined) {
    if (context.channel !== undefined) return context.channel
    const message =
      'Expected a channel for the command, found none: name one here or for the flow with `channel:`.'
    return command.wrong('CHANNEL_MISSING', message)
  }
  const channel = readName('channel', named)
  if (channel !== undefined) checkChannel(channel, named, context)
  return channel
}

/** Warns of a channel that no configuration knows. */
export function checkChannel(
  channel: string,
  cursor: Cursor,
  { compile, reportedChannels }: Pick<SagaContext, 'compile' | 'reportedChannels'>,
): void {
  const known = compile.channels
  if (known === undefined || known.has(channel) || reportedChannels.has(channel)) return
  reportedChannels.add(channel)
  const meant = suggest(channel, known)
  const hint =
    meant === undefined
      ? ' It will be a queue that workers pull from.'
      : ` Did you mean \`${meant}\`?`
  const message = `Expected a channel of the configuration, found \`${channel}\`.${hint}`
  const fix = meant === undefined ? undefined : cursor.report.replaceFix(cursor.node.span, meant)
  cursor.wrong('CHANNEL_UNKNOWN', message, fix)
}
