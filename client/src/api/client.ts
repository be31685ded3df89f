import { type Connection, createConnection } from '../connection.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import type { JsonObject } from '../json.ts'
import { SignalboxClientError } from '../signalbox-client-error.ts'
import { type Execution, type ExecutionSummary, type Fact, hasEnded } from './execution.ts'
import { newExecutionId } from './execution-id.ts'
import type {
  Act,
  EventAnswer,
  EventMessage,
  EventTarget,
  ExecutionQuery,
  FlowSummary,
  MoveAct,
  Page,
  PublishedFlow,
  RetryAct,
  RollBackAct,
  StartRequest,
} from './requests.ts'
import { createRepeater } from './repeater.ts'

export interface ClientOptions extends ConnectionOptions {
  /** Who acts; recorded while the server asks for no tokens. With tokens, the token says it. */
  readonly actor?: string
  /**
   * How often a request that can be repeated without harm is repeated when the server is away or
   * busy. Default 4, with waits that grow from a tenth of a second.
   */
  readonly repeats?: number
}

export interface WaitOptions {
  /** Throws WAIT_TIMEOUT after this time. Default: waits for ever. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** The API of Signalbox for programs. Every failure is a `SignalboxClientError`. */
export interface Client {
  /** The server that is asked now; of several, another one after it has failed. */
  readonly url: string
  start<State = JsonObject>(request: StartRequest): Promise<Execution<State>>
  get<State = JsonObject>(id: string): Promise<Execution<State>>
  /** Waits until the execution has ended. */
  waitForEnd<State = JsonObject>(id: string, options?: WaitOptions): Promise<Execution<State>>
  sendEvent(target: EventTarget, message: EventMessage): Promise<EventAnswer>
  list(query?: ExecutionQuery): Promise<Page<ExecutionSummary>>
  /** All executions that fit, page after page. */
  listAll(query?: ExecutionQuery): AsyncGenerator<ExecutionSummary, void>
  /** The whole journal of an execution, in order. */
  journal(id: string): Promise<readonly Fact[]>
  retry(id: string, act: RetryAct): Promise<Execution>
  skip(id: string, act: Act): Promise<Execution>
  rollBack(id: string, act: RollBackAct): Promise<Execution>
  cancel(id: string, act: Act): Promise<Execution>
  pause(id: string, act: Act): Promise<Execution>
  resume(id: string, act: Act): Promise<Execution>
  move(id: string, act: MoveAct): Promise<Execution>
  /** Publishes the text of a flow, YAML or JSON. Throws FLOW_INVALID with `problem.diagnostics`. */
  publish(text: string): Promise<PublishedFlow>
  flow(flow: string): Promise<FlowSummary>
}

const answerMs = 30_000
/** One long poll; servers answer at the latest after 55 s. */
const pollMs = 25_000
const journalPageFacts = 500

/** Makes a client of the server at `url`. It holds no connection open; there is nothing to close. */
export function createClient(options: ClientOptions = {}): Client {
  const connection = createConnection(options)
  const repeat = createRepeater(options.repeats ?? 4)
  const actorHeader: Record<string, string> =
    options.actor === undefined ? {} : { 'x-signalbox-actor': options.actor }

  const get = <Answer>(path: string, waitMs = 0, signal?: AbortSignal): Promise<Answer> =>
    repeat(
      () => connection.request({ method: 'GET', path, timeoutMs: waitMs + answerMs, signal }),
      signal,
    )

  const post = <Answer>(
    path: string,
    body: object,
    { waitMs = 0, ...headers }: { readonly waitMs?: number; readonly traceparent?: string } = {},
  ): Promise<Answer> =>
    connection.request({
      method: 'POST',
      path,
      body: encoded(body),
      headers: { ...actorHeader, ...headers },
      timeoutMs: waitMs + answerMs,
    })

  /** An act is not repeated: after a lost answer the second one would be refused. */
  const act = (id: string, verb: string, body: Act): Promise<Execution> =>
    post(`${executionPath(id)}/${verb}`, body)

  async function* listAll(query: ExecutionQuery = {}): AsyncGenerator<ExecutionSummary, void> {
    let cursor: string | undefined = query.cursor
    do {
      const page: Page<ExecutionSummary> = await get(listPath({ ...query, ...withCursor(cursor) }))
      yield* page.items
      cursor = page.nextCursor
    } while (cursor !== undefined)
  }

  async function journal(id: string): Promise<readonly Fact[]> {
    const facts: Fact[] = []
    let cursor: string | undefined
    do {
      const query = queryText({ limit: journalPageFacts, ...withCursor(cursor) })
      const page: Page<Fact> = await get(`${executionPath(id)}/journal${query}`)
      facts.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return facts
  }

  return {
    get url() {
      return connection.url
    },
    start: ({ waitMs = 0, traceparent, ...request }) => {
      const body = { id: newExecutionId(), ...request }
      const path = `/api/executions${waitMs > 0 ? `?waitMs=${waitMs}` : ''}`
      return repeat(() => post(path, body, { waitMs, ...(traceparent && { traceparent }) }))
    },
    get: (id) => get(executionPath(id)),
    waitForEnd: (id, options) => waitForEnd(get, id, options),
    sendEvent: (target, message) => {
      const body = { id: crypto.randomUUID(), ...message }
      return repeat(() =>
        typeof target === 'string'
          ? post(`${executionPath(target)}/events`, body)
          : post('/api/events', { ...target, ...body }),
      )
    },
    list: (query = {}) => get(listPath(query)),
    listAll,
    journal,
    retry: (id, body) => act(id, 'retry', body),
    skip: (id, body) => act(id, 'skip', body),
    rollBack: (id, body) => act(id, 'rollback', body),
    cancel: (id, body) => act(id, 'cancel', body),
    pause: (id, body) => act(id, 'pause', body),
    resume: (id, body) => act(id, 'resume', body),
    move: (id, body) => act(id, 'move', body),
    publish: (text) => repeat(() => publish(connection, actorHeader, text)),
    flow: (flow) => get(`/api/flows/${encodeURIComponent(flow)}`),
  }
}

async function waitForEnd<State>(
  get: <Answer>(path: string, waitMs?: number, signal?: AbortSignal) => Promise<Answer>,
  id: string,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: WaitOptions = {},
): Promise<Execution<State>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const leftMs = Math.max(0, deadline - performance.now())
    const waitMs = Math.ceil(Math.min(pollMs, leftMs))
    const execution: Execution<State> = await get(
      `${executionPath(id)}?waitMs=${waitMs}`,
      waitMs,
      signal,
    )
    if (hasEnded(execution)) return execution
    if (performance.now() >= deadline) {
      throw new SignalboxClientError(
        'WAIT_TIMEOUT',
        `expected the execution ${id} to end within ${timeoutMs} ms, found it ${execution.status} in ${execution.node}`,
        { retry: true },
      )
    }
  }
}

function publish(
  connection: Connection,
  headers: Readonly<Record<string, string>>,
  text: string,
): Promise<PublishedFlow> {
  const contentType = text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml'
  return connection.request({
    method: 'POST',
    path: '/api/flows',
    body: text,
    contentType,
    headers,
    timeoutMs: answerMs,
  })
}

function encoded(body: object): string {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw new TypeError(`expected data that JSON can hold: ${String(cause)}`, { cause })
  }
}

function executionPath(id: string): string {
  return `/api/executions/${encodeURIComponent(id)}`
}

function listPath(query: ExecutionQuery): string {
  const { status, ...rest } = query
  const statuses = typeof status === 'string' ? status : status?.join(',')
  return `/api/executions${queryText({ ...rest, status: statuses })}`
}

function withCursor(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor }
}

function queryText(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
