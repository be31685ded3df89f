/** A span as plain data, before it is given to OpenTelemetry. Times in ms since 1970. */
export interface Span {
  readonly name: string
  readonly kind: 'internal' | 'producer' | 'client'
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  /** Absent: the root. */
  readonly parentSpanId?: string
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly droppedEvents: number
  readonly link?: SpanLink
  /** What went wrong; absent: nothing is known to have. */
  readonly error?: string
}

export type Attributes = Readonly<Record<string, string | number | boolean>>

export interface SpanEvent {
  readonly name: string
  readonly at: number
  readonly attributes: Attributes
}

/** A span of another trace, or another span of this one. */
export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
}

/** A span that has begun. Belongs to one trace, and changes until it ends. */
export interface OpenSpan {
  readonly name: string
  readonly kind: Span['kind']
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startedAt: number
  readonly link?: SpanLink
  readonly attributes: Record<string, string | number | boolean>
  readonly events: SpanEvent[]
  droppedEvents: number
  error?: string
}

/** Makes a span that lasts. */
export function openSpan(
  begin: Pick<OpenSpan, 'name' | 'kind' | 'spanId' | 'startedAt' | 'attributes'> &
    Partial<Pick<OpenSpan, 'parentSpanId' | 'link'>>,
): OpenSpan {
  return { ...begin, events: [], droppedEvents: 0 }
}

/** @param eventsMax beyond it the oldest event gives way: how it ended matters most */
export function addEvent(span: OpenSpan, event: SpanEvent, eventsMax: number): void {
  span.events.push(event)
  if (span.events.length <= eventsMax) return
  span.events.shift()
  span.droppedEvents += 1
}

export function endSpan(open: OpenSpan, traceId: string, endedAt: number): Span {
  // Clocks of replicas differ a little; a span that ends before it begins is refused by some.
  return { ...open, traceId, endedAt: Math.max(endedAt, open.startedAt) }
}
