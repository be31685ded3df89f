import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** A span as it arrived, with its attributes as a record and times in ms. */
export interface ReceivedSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly {
    readonly name: string
    readonly attributes: Readonly<Record<string, unknown>>
  }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  /** 2: error. */
  readonly status: { readonly code?: number; readonly message?: string }
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, unknown>>
}

/** Receives what OpenTelemetry's exporter sends, over a socket, as a collector would. */
export interface OtlpReceiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Headers of the requests, in order. */
  readonly headers: readonly Readonly<Record<string, unknown>>[]
  /** From now on; 200 at the beginning. */
  answerWith(status: number): void
  close(): Promise<void>
}

export async function openOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const headers: Record<string, unknown>[] = []
  let status = 200
  const server = createServer((request, response) => {
    void receive(request, response)
  }).listen(0, '127.0.0.1')
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    headers.push(request.headers)
    if (status === 200) spans.push(...spansOf(JSON.parse(body) as Body))
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return {
    url: `http://127.0.0.1:${address.port}/v1/traces`,
    spans,
    headers,
    answerWith(next) {
      status = next
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The part of OTLP's JSON that is looked at. */
interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface WireSpan extends Pick<ReceivedSpan, 'name' | 'kind' | 'traceId' | 'spanId' | 'status'> {
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly events: readonly { readonly name: string; readonly attributes: readonly Attribute[] }[]
  readonly links: ReceivedSpan['links']
}

function spansOf({ resourceSpans }: Body): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(
        ({ parentSpanId, startTimeUnixNano, endTimeUnixNano, attributes, events, ...span }) => ({
          ...span,
          parentSpanId,
          startedAt: toMs(startTimeUnixNano),
          endedAt: toMs(endTimeUnixNano),
          attributes: recordOf(attributes),
          events: events.map((event) => ({ ...event, attributes: recordOf(event.attributes) })),
          resource: recordOf(resource.attributes),
        }),
      ),
    ),
  )
}

function toMs(unixNano: string): number {
  return Number(BigInt(unixNano) / 1_000_000n)
}

function recordOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [type, content] = Object.entries(value)[0] ?? []
      return [key, type === 'intValue' ? Number(content) : content]
    }),
  )
}
