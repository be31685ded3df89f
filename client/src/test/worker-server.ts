import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Command } from '../worker/command.ts'

/** A result as it came over the wire. */
export interface ReceivedResult {
  readonly id: string
  readonly event?: string
  readonly data?: unknown
  readonly error?: { readonly code?: string; readonly message: string }
  readonly retry?: boolean
  readonly retryAfterMs?: number
}

interface Queued {
  readonly command: Command
  holder: string | undefined
}

interface WaitingLease {
  readonly body: LeaseBody
  readonly answer: (status: number, body: unknown) => void
}

interface LeaseBody {
  readonly worker: string
  readonly commands?: readonly string[]
  readonly max: number
  readonly waitMs: number
  readonly leaseMs: number
}

interface Problem {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly retry: boolean
}

/**
 * The worker routes of Signalbox over real HTTP, with a queue in memory. Leases do not end by the
 * clock: tests end them with `release`.
 */
export class WorkerServer {
  readonly results: ReceivedResult[] = []
  readonly resultRequests: (readonly ReceivedResult[])[] = []
  readonly leaseRequests: LeaseBody[] = []
  readonly extended: string[][] = []
  readonly authorizations: (string | undefined)[] = []
  /** Answers a results request with an error; returning nothing takes the results. */
  refuseResults: (results: readonly ReceivedResult[]) => Problem | undefined = () => undefined
  /** Takes the results and breaks the connection instead of answering. */
  breakAfterResults = false
  readonly #queue = new Map<string, Queued>()
  readonly #waiting = new Set<WaitingLease>()
  #server: Server | undefined
  #port = 0

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens; again on the same port after `die`. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Breaks every connection, as a process that is killed does. Leases are forgotten, commands not. */
  async die(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#waiting.clear()
    for (const queued of this.#queue.values()) queued.holder = undefined
    if (server === undefined) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  push(...commands: readonly Command[]): void {
    for (const command of commands) this.#queue.set(command.id, { command, holder: undefined })
    this.#handOut()
  }

  /** Ends the lease of a command, which then goes to whoever asks next. */
  release(id: string): void {
    const queued = this.#queue.get(id)
    if (queued !== undefined) queued.holder = undefined
    this.#handOut()
  }

  /** Gives a command to another worker. */
  takeAway(id: string): void {
    const queued = this.#queue.get(id)
    if (queued !== undefined) queued.holder = 'another'
  }

  waitingLeases(): number {
    return this.#waiting.size
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    this.authorizations.push(request.headers.authorization)
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const body: unknown = JSON.parse(text)
    switch (request.url) {
      case '/api/channels/shop/lease':
        return this.#lease(body as LeaseBody, answer, response)
      case '/api/channels/shop/results':
        return this.#settle(body as { results: ReceivedResult[] }, answer, response)
      case '/api/channels/shop/extend':
        return this.#extend(body as { worker: string; commands: string[] }, answer)
      default:
        return answer(404, { code: 'ROUTE_NOT_FOUND', detail: String(request.url), retry: false })
    }
  }

  #lease(body: LeaseBody, answer: WaitingLease['answer'], response: ServerResponse): void {
    this.leaseRequests.push(body)
    const waiting: WaitingLease = { body, answer }
    this.#waiting.add(waiting)
    const timer = setTimeout(() => {
      if (this.#waiting.delete(waiting)) answer(200, [])
    }, body.waitMs)
    response.once('close', () => {
      clearTimeout(timer)
      this.#waiting.delete(waiting)
    })
    this.#handOut()
  }

  #handOut(): void {
    for (const waiting of this.#waiting) {
      const { worker, commands, max, leaseMs } = waiting.body
      const free = [...this.#queue.values()]
        .filter(({ holder }) => holder === undefined)
        .filter(({ command }) => commands?.includes(command.command) ?? true)
        .slice(0, max)
      if (free.length === 0) continue
      this.#waiting.delete(waiting)
      for (const queued of free) queued.holder = worker
      const leasedUntil = Date.now() + leaseMs
      waiting.answer(
        200,
        free.map(({ command }) => ({ ...command, leasedUntil })),
      )
    }
  }

  #settle(
    { results }: { readonly results: readonly ReceivedResult[] },
    answer: WaitingLease['answer'],
    response: ServerResponse,
  ): void {
    const problem = this.refuseResults(results)
    if (problem !== undefined) return answer(problem.status, problem)
    this.resultRequests.push(results)
    this.results.push(...results)
    const answers = results.map(({ id }) =>
      this.#queue.delete(id) ? { id, applied: true } : { id, applied: false, reason: 'late' },
    )
    if (!this.breakAfterResults) return answer(200, { results: answers })
    this.breakAfterResults = false
    response.destroy()
  }

  #extend(
    { worker, commands }: { readonly worker: string; readonly commands: readonly string[] },
    answer: WaitingLease['answer'],
  ): void {
    this.extended.push([...commands])
    answer(200, { lost: commands.filter((id) => this.#queue.get(id)?.holder !== worker) })
  }
}
