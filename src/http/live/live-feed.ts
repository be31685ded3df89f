import type { Engine, ExecutionChange } from '../../engine/engine.ts'
import { limits } from '../../kernel/limits.ts'
import { executionSummary } from '../wire/execution-view.ts'
import { createChangeRing, type LiveChange, noteOf } from './change-ring.ts'

/** What one stream wants to hear of. */
export interface LiveFilter {
  readonly flow?: string
  readonly execution?: string
}

/** Where a stream's text goes. */
export interface LiveSink {
  /** False when it takes no more: the reader is too slow and is dropped. */
  write(text: string): boolean
  end(): void
}

/**
 * The stream of changes. Commits only note what changed; several times a second the notes are
 * gathered, one per execution, written once as text, and handed to every stream. A reader that comes
 * back with the id of its last event hears what it missed, as long as the ring holds it; else it is
 * told to read everything again (`reset`).
 */
export interface LiveFeed {
  /** Undefined when too many streams are open. Otherwise the way to end the stream. */
  open(
    filter: LiveFilter,
    lastEventId: string | undefined,
    sink: LiveSink,
  ): (() => void) | undefined
  streams(): number
  close(): void
}

interface LiveFeedOptions {
  readonly engine: Pick<Engine, 'subscribe'>
  /** Distinguishes the numbers of this process from those of the one before. */
  readonly epoch: string
  readonly flushMs?: number
  readonly heartbeatMs?: number
  readonly ringChanges?: number
  readonly streamsMax?: number
}

interface Stream {
  readonly filter: LiveFilter
  readonly sink: LiveSink
}

export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  const { engine, epoch, flushMs = 100, heartbeatMs = 15_000 } = options
  const { ringChanges = 10_000, streamsMax = limits.liveStreams } = options
  const ring = createChangeRing(ringChanges)
  const streams = new Set<Stream>()
  let told = 0
  let flushTimer: NodeJS.Timeout | undefined

  const unsubscribe = engine.subscribe(
    (change: ExecutionChange) => {
      ring.add(noteOf(change))
      if (streams.size > 0) flushTimer ??= setTimeout(flush, flushMs)
    },
    // What other replicas do has to be read from the store: only while somebody wants to hear it.
    { elsewhere: () => streams.size > 0 },
  )
  const heartbeat = setInterval(() => tell(() => ': still here\n\n'), heartbeatMs)
  heartbeat.unref()

  function flush(): void {
    clearTimeout(flushTimer)
    flushTimer = undefined
    const changes = ring.since(told) ?? ring.all()
    told = ring.last()
    const texts = changes.map(({ number, change }) => ({
      change,
      text: changeText(epoch, number, change),
    }))
    tell(({ filter }) => {
      let text = ''
      for (const entry of texts) if (fits(entry.change, filter)) text += entry.text
      return text
    })
  }

  function tell(textFor: (stream: Stream) => string): void {
    for (const stream of streams) {
      const text = textFor(stream)
      if (text !== '' && !stream.sink.write(text)) {
        streams.delete(stream)
        stream.sink.end()
      }
    }
  }

  function greeting(filter: LiveFilter, lastEventId: string | undefined): string {
    const now = `${epoch}.${ring.last()}`
    const hello = `retry: 1000\n${eventText('hello', now, {})}`
    if (lastEventId === undefined) return hello
    const [itsEpoch, number = ''] = lastEventId.split('.')
    const missed =
      itsEpoch === epoch && /^\d{1,15}$/.test(number) ? ring.since(Number(number)) : undefined
    if (missed === undefined) return `retry: 1000\n${eventText('reset', now, {})}`
    return missed
      .filter(({ change }) => fits(change, filter))
      .reduce(
        (text, { number, change }) => text + changeText(epoch, number, change),
        'retry: 1000\n\n',
      )
  }

  return {
    open: (filter, lastEventId, sink) => {
      if (streams.size >= streamsMax) return undefined
      // What is noted but not told yet would come twice: the others hear it first.
      if (streams.size > 0) flush()
      told = ring.last()
      const stream = { filter, sink }
      streams.add(stream)
      sink.write(greeting(filter, lastEventId))
      return () => streams.delete(stream)
    },
    streams: () => streams.size,
    close: () => {
      unsubscribe()
      clearInterval(heartbeat)
      clearTimeout(flushTimer)
      for (const { sink } of streams) sink.end()
      streams.clear()
    },
  }
}

function fits({ execution }: LiveChange, filter: LiveFilter): boolean {
  return (
    (filter.flow === undefined || filter.flow === execution.flow) &&
    (filter.execution === undefined || filter.execution === execution.id)
  )
}

function changeText(epoch: string, number: number, change: LiveChange): string {
  const execution = executionSummary(change.execution)
  return eventText('execution', `${epoch}.${number}`, { ...change, execution })
}

function eventText(name: string, id: string, data: object): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}
