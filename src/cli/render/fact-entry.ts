import type { Cause, CommandPurpose } from '../../kernel/model/execution.ts'
import type { Act, Fact, IgnoredReason } from '../../kernel/model/fact.ts'
import type { Json } from '../../kernel/model/json.ts'
import { formatDuration } from './duration.ts'
import { escapeControls } from './escape.ts'
import { finishedText } from './outcome.ts'
import type { TimelineEntry } from './timeline-entry.ts'

/** What earlier facts said that later ones refer to by id. */
export interface TimelineMemory {
  /** Commands by id. */
  readonly commands: Map<string, { readonly command: string; readonly purpose: CommandPurpose }>
  /** Attempts at compensations, by the id of the undo command. */
  readonly compensationAttempts: Map<string, { readonly id: string; readonly attempt: number }>
  /** Nodes of compensations, by compensation id. */
  readonly compensationNodes: Map<string, string>
  startedAt: number | undefined
}

export function createTimelineMemory(): TimelineMemory {
  return {
    commands: new Map(),
    compensationAttempts: new Map(),
    compensationNodes: new Map(),
    startedAt: undefined,
  }
}

/** Takes in what later facts will refer to. */
export function remember(memory: TimelineMemory, fact: Fact): void {
  if (fact.kind === 'started') memory.startedAt = fact.at
  if (fact.kind === 'command-issued') {
    memory.commands.set(fact.id, fact)
  }
  if (fact.kind === 'compensation-remembered') memory.compensationNodes.set(fact.id, fact.node)
  if (fact.kind === 'compensation-started') {
    memory.compensationAttempts.set(fact.commandId, fact)
    memory.compensationNodes.set(fact.id, fact.node)
  }
}

/** The line that tells a fact, or nothing for facts that only matter to machines. */
export function factEntry(fact: Fact, memory: TimelineMemory): TimelineEntry | undefined {
  const entry = describe(fact, memory)
  return entry === undefined
    ? undefined
    : { ...entry, at: fact.at, text: escapeControls(entry.text) }
}

type Description = Omit<TimelineEntry, 'at'>

function describe(fact: Fact, memory: TimelineMemory): Description | undefined {
  const commandName = (id: string) => memory.commands.get(id)?.command ?? id
  const compensationName = (id: string) => memory.compensationNodes.get(id) ?? id
  switch (fact.kind) {
    case 'started':
      return {
        symbol: 'run',
        style: 'bold',
        heading: true,
        text: `${fact.flow} v${fact.version} started${fact.actor === undefined ? '' : ` by ${fact.actor}`}`,
        ...preview(fact.input),
      }
    case 'entered':
      return {
        symbol: 'enter',
        style: 'bold',
        heading: true,
        text: fact.node,
        detail: joined([
          fact.stage === undefined ? '' : `[${fact.stage}]`,
          causeText(fact.by),
          milestoneText(fact.milestone),
        ]),
      }
    case 'stayed':
      return {
        symbol: 'note',
        style: 'dim',
        text: `stays in ${fact.node}`,
        detail: milestoneText(fact.milestone),
      }
    case 'event-applied':
      return { symbol: 'receive', style: 'green', text: fact.event, ...preview(fact.data) }
    case 'event-kept': {
      const why = fact.reason === 'paused' ? 'until the pause ends' : 'until a node expects it'
      return {
        symbol: 'receive',
        style: 'yellow',
        text: `${fact.event} kept ${why}`,
        ...preview(fact.data),
      }
    }
    case 'event-ignored':
      return {
        symbol: 'note',
        style: 'dim',
        text: `${fact.event} ignored: ${ignoredWords[fact.reason]}`,
        ...preview(fact.data),
      }
    case 'message-rejected':
      return {
        symbol: 'fail',
        style: 'yellow',
        text: `${fact.message} rejected: ${fact.code}`,
        detail: fact.detail,
      }
    case 'state-set':
      return { symbol: 'note', style: 'dim', text: 'set', ...preview(fact.values) }
    case 'command-issued': {
      if (fact.purpose !== 'undo') {
        const beside = fact.purpose === 'also' ? ', beside' : ''
        return {
          symbol: 'send',
          style: 'cyan',
          text: `${fact.command} to ${fact.channel}${beside}`,
          ...preview(fact.data),
        }
      }
      const attempt = memory.compensationAttempts.get(fact.id)
      const count = (attempt?.attempt ?? 1) > 1 ? `, attempt ${attempt?.attempt}` : ''
      return {
        symbol: 'undo',
        style: 'magenta',
        text: `${fact.command} to ${fact.channel} undoes ${fact.node}${count}`,
        ...preview(fact.data),
        ...(attempt === undefined ? {} : { fold: { key: `undo ${attempt.id}`, part: 'again' } }),
      }
    }
    case 'command-accepted':
      // Of an undo, the facts of its compensation say more.
      return memory.commands.get(fact.id)?.purpose === 'undo'
        ? undefined
        : { symbol: 'ok', style: 'dim', text: `${commandName(fact.id)} accepted` }
    case 'command-failed': {
      const name = commandName(fact.id)
      return {
        symbol: 'fail',
        style: 'red',
        text: `${name} failed${fact.attempt > 1 ? `, attempt ${fact.attempt}` : ''}`,
        detail: `${fact.code}: ${fact.message}${againText(fact.at, fact.retryAt)}`,
        fold: {
          key: `command ${fact.id}`,
          part: 'failure',
          folded: (count) => escapeControls(`${name} failed ${count} times`),
        },
      }
    }
    case 'command-withdrawn':
      return { symbol: 'note', style: 'dim', text: `${commandName(fact.id)} withdrawn` }
    case 'command-resent':
      return person(`${commandName(fact.id)} sent again`, fact.act)
    case 'compensation-remembered':
      return fact.outcome === 'done'
        ? undefined
        : {
            symbol: 'note',
            style: 'yellow',
            text: `${fact.node} was left without an answer; a rollback undoes it too`,
          }
    case 'rollback-started':
      return {
        symbol: 'undo',
        style: ['magenta', 'bold'],
        heading: true,
        text: `rollback${fact.target === undefined ? '' : ` to ${fact.target}`}`,
        detail: joined([causeText(fact.by), milestoneText(fact.milestone)]),
      }
    case 'compensation-accepted':
      return {
        symbol: 'ok',
        style: 'dim',
        text: `undo of ${compensationName(fact.id)} accepted`,
        fold: { key: `undo ${fact.id}`, part: 'again' },
      }
    case 'compensation-failed': {
      const name = compensationName(fact.id)
      return {
        symbol: 'fail',
        style: 'red',
        text: `undo of ${name} failed${fact.attempt > 1 ? `, attempt ${fact.attempt}` : ''}`,
        detail: `${fact.code}: ${fact.message}${againText(fact.at, fact.retry?.at)}`,
        fold: {
          key: `undo ${fact.id}`,
          part: 'failure',
          folded: (count) => escapeControls(`undo of ${name} failed ${count} times`),
        },
      }
    }
    case 'compensation-completed':
      return { symbol: 'ok', style: 'magenta', text: `${compensationName(fact.id)} undone` }
    case 'compensation-skipped':
      return person(`undo of ${compensationName(fact.id)} skipped`, fact.act)
    case 'failed':
      return { symbol: 'fail', style: 'red', text: fact.code, detail: fact.message }
    case 'incident-raised':
      return {
        symbol: 'alert',
        style: ['red', 'bold'],
        heading: true,
        text: `incident ${fact.incident.code}`,
        detail: fact.incident.message,
      }
    case 'incident-resolved':
      return fact.act === undefined
        ? { symbol: 'ok', style: 'green', text: 'incident resolved' }
        : person('incident resolved', fact.act)
    case 'paused':
      return person('paused', fact.act)
    case 'resumed':
      return person('resumed', fact.act)
    case 'finished':
      return {
        ...finishedText(fact, memory.startedAt),
        heading: true,
        ...(fact.act === undefined ? {} : { detail: actText(fact.act) }),
      }
    // The facts around these tell the same in better words.
    case 'event-released':
    case 'compensation-started':
    case 'timer-fired':
      return undefined
  }
}

const ignoredWords: Readonly<Record<IgnoredReason, string>> = {
  unknown: 'no node handles it',
  early: 'it came before a node that handles it',
  late: 'it came too late',
  guarded: 'no condition holds',
  finished: 'the execution has ended',
  expired: 'its time ran out',
  overflow: 'too many events are kept',
}

function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'start':
    case 'event':
      return ''
    case 'timer':
      return `after ${formatDuration(cause.delayMs)}`
    case 'condition':
      return 'by condition'
    case 'failure':
      return `because of ${cause.code}: ${cause.message}`
    case 'rollback':
      return 'everything is undone'
    case 'operator':
      return actText(cause)
  }
}

function person(text: string, act: Act): Description {
  return { symbol: 'person', style: 'yellow', text, detail: actText(act) }
}

function actText(act: Act): string {
  return `by ${act.actor}: ${act.reason}`
}

function milestoneText(milestone: string | undefined): string {
  return milestone === undefined ? '' : `milestone ${milestone}`
}

function againText(at: number, retryAt: number | undefined): string {
  return retryAt === undefined ? '; not tried again' : `; again in ${formatDuration(retryAt - at)}`
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

function preview(data: Json | undefined): { detail?: string } {
  if (data === undefined || data === null) return {}
  const text = JSON.stringify(data)
  return text === '{}' ? {} : { detail: text }
}
