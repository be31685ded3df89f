import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { limits } from '../kernel/limits.ts'

/** How long a span waits for others to go with. */
const gatherMs = 1_000

/** Brings spans to the receiver, some at a time. What it cannot bring is dropped and counted. */
export interface SpanSender {
  send(spans: readonly ReadableSpan[]): void
  counts(): { readonly sent: number; readonly dropped: number; readonly waiting: number }
  /** Sends what waits, at the latest until the time is up; then nothing more. */
  stop(graceMs: number): Promise<void>
}

interface SpanSenderDeps {
  readonly exporter: SpanExporter
  readonly onFailure: (error: Error) => void
}

/** One request at a time: what arrives meanwhile goes with the next one. */
export function createSpanSender({ exporter, onFailure }: SpanSenderDeps): SpanSender {
  let waiting: ReadableSpan[] = []
  let sent = 0
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> | undefined
  let stopped = false

  function wake(): void {
    if (underWay !== undefined || waiting.length === 0) return
    if (waiting.length >= limits.traceBatchSpans || stopped) flush()
    else timer ??= setTimeout(flush, gatherMs).unref()
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting.slice(0, limits.traceBatchSpans)
    waiting = waiting.slice(batch.length)
    underWay = sendBatch(batch)
  }

  async function sendBatch(batch: ReadableSpan[]): Promise<void> {
    await exportBatch(batch)
    underWay = undefined
    wake()
  }

  async function exportBatch(batch: ReadableSpan[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    try {
      exporter.export(batch, ({ code, error }) =>
        resolve(code === 0 ? undefined : (error ?? new Error('the receiver refused the spans'))),
      )
    } catch (error) {
      resolve(error instanceof Error ? error : new Error(String(error)))
    }
    const error = await promise
    if (error === undefined) sent += batch.length
    else {
      dropped += batch.length
      onFailure(error)
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0 || underWay !== undefined) {
      if (underWay === undefined) flush()
      await underWay
    }
  }

  return {
    send(spans) {
      const room = stopped ? 0 : Math.max(0, limits.traceSpans - waiting.length)
      waiting.push(...spans.slice(0, room))
      dropped += Math.max(0, spans.length - room)
      wake()
    },
    counts: () => ({ sent, dropped, waiting: waiting.length }),
    async stop(graceMs) {
      stopped = true
      const late = Promise.withResolvers<void>()
      const deadline = setTimeout(() => late.resolve(), graceMs)
      await Promise.race([drain(), late.promise])
      clearTimeout(deadline)
      dropped += waiting.length
      waiting = []
    },
  }
}
