import { limits } from '../../kernel/limits.ts'
import type { Node } from '../../kernel/model/node.ts'
import type { TimedTransitions, Transition } from '../../kernel/model/transition.ts'
import { suggest } from '../suggest.ts'
import type { Cursor } from './cursor.ts'
import { checkName, readName } from './names.ts'
import { readCommand } from './read-command.ts'
import { readSet } from './read-set.ts'
import { readTransitions } from './read-transition.ts'
import { readUndo } from './read-undo.ts'
import type { SagaContext } from './saga-context.ts'
import { readDurationKey, readRetry, readTexts } from './values.ts'

export const stateKeys = [
  'title',
  'description',
  'tags',
  'stage',
  'first',
  'set',
  'send',
  'also',
  'undo',
  'retry',
  'on',
  'after',
  'next',
  'final',
]

/** One state of a saga. */
export function readState(id: string, cursor: Cursor, context: SagaContext): Node | undefined {
  if (cursor.node.kind === 'scalar' && cursor.node.value === null) {
    return cursor.expected('what the state does or where it ends: `send`, `on`, `final` …')
  }
  if (!cursor.object('a state', stateKeys)) return undefined
  cursor.get('first')?.boolean()
  readTexts(cursor.get('tags'), 'tags')
  const title = cursor.get('title')?.text('a title')
  const description = cursor.get('description')?.text('a description')
  const stage = readStage(cursor.get('stage'), context)
  const set = cursor.get('set')
  const values = set && readSet(set, context.roots)
  const activity = readActivity(cursor, context)
  const undo = cursor.get('undo')
  const compensation = undo && readUndo(undo, context)
  if (undo !== undefined && cursor.get('send') === undefined) {
    undo.wrong('VALUE_INVALID', 'Expected `send` beside `undo`, found nothing to undo.')
  }
  const final = cursor.get('final')?.choice(['success', 'failure'] as const)
  return {
    id,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(stage === undefined ? {} : { stage }),
    ...(activity === undefined ? {} : { activity }),
    also: readAlso(cursor.get('also'), context),
    ...(values === undefined ? {} : { set: values }),
    on: readOn(cursor.get('on'), context),
    after: readAfter(cursor.get('after'), context),
    next: readNext(cursor.get('next'), context),
    ...(final === undefined ? {} : { final }),
    ...(compensation === undefined
      ? {}
      : compensation === 'none'
        ? { undoNone: true as const }
        : { undo: compensation }),
  }
}

function readStage(cursor: Cursor | undefined, { stageIds }: SagaContext): string | undefined {
  if (cursor === undefined) return undefined
  const name = readName('stage', cursor)
  if (name === undefined || stageIds === undefined || stageIds.has(name)) return name
  const meant = suggest(name, stageIds)
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  const fix = meant === undefined ? undefined : cursor.report.replaceFix(cursor.node.span, meant)
  return cursor.wrong(
    'STAGE_UNKNOWN',
    `Expected a stage of this flow, found \`${name}\`.${hint}`,
    fix,
  )
}

function readActivity(cursor: Cursor, context: SagaContext): Node['activity'] {
  const send = cursor.get('send')
  const retry = cursor.get('retry')
  const command = send && readCommand(send, context)
  const policy = retry && readRetry(retry, context.retry)
  if (retry !== undefined && send === undefined) {
    retry.wrong('VALUE_INVALID', 'Expected `send` beside `retry`, found nothing to repeat.')
  }
  if (command === undefined) return undefined
  // What stands within `send` is nearer to the command.
  const own = command.retry ?? policy
  return { kind: 'send', send: own === undefined ? command : { ...command, retry: own } }
}

function readAlso(cursor: Cursor | undefined, context: SagaContext): Node['also'] {
  if (cursor === undefined) return []
  const commands = cursor.kind === 'list' ? cursor.items() : [cursor]
  if (commands.length > limits.alsoCommands) {
    const message = `Expected at most ${limits.alsoCommands} commands in \`also\`, found ${commands.length}.`
    cursor.wrong('LIMIT_EXCEEDED', message)
    return []
  }
  return commands.flatMap((command) => readCommand(command, context) ?? [])
}

function readOn(cursor: Cursor | undefined, context: SagaContext): Node['on'] {
  const transitions = new Map<string, readonly Transition[]>()
  if (cursor === undefined) return transitions
  if (cursor.kind !== 'map') {
    cursor.expected('an object of events, each with its transition')
    return transitions
  }
  for (const [event, value] of cursor.entries()) {
    if (!checkName('event', event, value, true)) continue
    transitions.set(event, readTransitions(value, 'on', context))
  }
  return transitions
}

function readAfter(cursor: Cursor | undefined, context: SagaContext): readonly TimedTransitions[] {
  if (cursor === undefined) return []
  if (cursor.kind !== 'map') {
    cursor.expected('an object of durations such as `30s`, each with its transition')
    return []
  }
  return cursor.entries().flatMap(([key, value]): TimedTransitions[] => {
    const transitions = readTransitions(value, 'after', context)
    const delayMs = readDurationKey(key, value)
    return delayMs === undefined ? [] : [{ delayMs, transitions }]
  })
}

function readNext(cursor: Cursor | undefined, context: SagaContext): readonly Transition[] {
  return cursor === undefined ? [] : readTransitions(cursor, 'next', context)
}
