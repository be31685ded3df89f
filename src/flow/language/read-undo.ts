import type { Undo } from '../../kernel/model/node.ts'
import { eventRoot } from '../expressions/roots.ts'
import { anyType } from '../expressions/type.ts'
import type { Cursor } from './cursor.ts'
import { readName } from './names.ts'
import { readChannel, readCommand, readData } from './read-command.ts'
import type { SagaContext } from './saga-context.ts'
import { readDuration, readRetry } from './values.ts'

/** `undo: Command`, `undo: none`, or the full form with `done`, `failed`, `within` and `retry`. */
export function readUndo(cursor: Cursor, context: SagaContext): Undo | 'none' | undefined {
  if (cursor.string === 'none') return 'none'
  if (cursor.kind !== 'map') {
    const send = readCommand(cursor, context)
    return send && { send, retry: context.retry }
  }
  const known = ['send', 'channel', 'data', 'done', 'failed', 'within', 'retry']
  cursor.object('a compensation', known, ['send'])
  // The data are captured when the state is left, in the light of the event that leads out of it.
  const roots = new Map(context.roots).set('event', eventRoot(anyType))
  const send = readUndoCommand(cursor, { ...context, roots })
  const done = cursor.get('done')
  const failed = cursor.get('failed')
  const within = cursor.get('within')
  const retry = cursor.get('retry')
  const doneName = done && readName('event', done)
  const failedName = failed && readName('event', failed)
  const withinMs = within && readDuration(within)
  const policy = retry === undefined ? context.retry : readRetry(retry, context.retry)
  if (done === undefined) {
    const lonely = within ?? failed
    lonely?.wrong(
      'PROPERTY_MISSING',
      'Expected `done`, the event that ends the compensation, found only its deadline or failure.',
    )
  }
  if (send === undefined) return undefined
  return {
    send,
    ...(doneName === undefined ? {} : { done: doneName }),
    ...(failedName === undefined ? {} : { failed: failedName }),
    ...(withinMs === undefined ? {} : { withinMs }),
    retry: policy,
  }
}

/** `send` as in a state, or a name with `channel` and `data` beside it. */
function readUndoCommand(cursor: Cursor, context: SagaContext): Undo['send'] | undefined {
  const send = cursor.get('send')
  if (send === undefined) return undefined
  const data = cursor.get('data')
  const channel = cursor.get('channel')
  if (send.kind === 'map') {
    for (const beside of [data, channel]) {
      beside?.wrong('VALUE_INVALID', 'Expected this within `send`, found it beside.')
    }
    return readCommand(send, context)
  }
  const command = readName('command', send)
  const channelName = readChannel(send, channel, context)
  const values = data && readData(data, context)
  if (command === undefined || channelName === undefined) return undefined
  return { command, channel: channelName, ...(values === undefined ? {} : { data: values }) }
}
