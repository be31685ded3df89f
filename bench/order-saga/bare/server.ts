import { randomBytes } from 'node:crypto'
import fastify, { type FastifyReply } from 'fastify'
import { reportUrl } from '../../measure/report-url.ts'
import { createGroupCommit } from './group-commit.ts'
import { advance, type BareSaga, commandId, startSaga } from './bare-saga.ts'
import { openRows } from './open-rows.ts'

/**
 * The bare server: what is left of the order saga when there is no engine. The same three routes,
 * four rows a transition, full sync, one commit for everything that has arrived since the one before,
 * answers after the commit. It knows one flow by heart, keeps no timers, forgets leases, and
 * checks nothing. What an engine costs is measured against it.
 */
interface StartBody {
  readonly input: BareSaga['state']
}
interface LeaseBody {
  readonly max: number
  readonly waitMs: number
}
interface ResultsBody {
  readonly results: readonly {
    readonly id: string
    readonly event?: string
    readonly data?: BareSaga['state']
  }[]
}
interface ReadyCommand {
  readonly id: string
  readonly command: string
  readonly execution: string
  readonly flow: string
  readonly data: BareSaga['state']
  readonly attempt: number
  readonly leasedUntil: number
}
interface Poll {
  readonly reply: FastifyReply
  readonly max: number
  readonly timer: NodeJS.Timeout
}

const rows = await openRows(process.argv[2] ?? '')
const group = createGroupCommit(rows, answerPolls)
const runPrefix = randomBytes(6).toString('hex')
const sagas = new Map<string, BareSaga>()
const finishReplies = new Map<string, FastifyReply>()
const ready: ReadyCommand[] = []
const polls: Poll[] = []

let started = 0

const server = fastify({ keepAliveTimeout: 60_000 })

server.post<{ Body: StartBody }>('/api/executions', (request, reply) => {
  const now = Date.now()
  started += 1
  // Ids grow with time, as those of the product do, so that the rows of a turn lie together.
  const id = `${now.toString(16).padStart(12, '0')}-${started.toString(16).padStart(8, '0')}-${runPrefix}`
  const saga = startSaga(id, request.body.input, now)
  sagas.set(id, saga)
  finishReplies.set(id, reply)
  apply(saga, { id })
})

server.post<{ Body: ResultsBody }>('/api/channels/:channel/results', (request, reply) => {
  const answers = request.body.results.map((result) => {
    const saga = sagas.get(result.id.slice(0, result.id.indexOf(':')))
    const applied = saga !== undefined && commandId(saga) === result.id && apply(saga, result)
    const { id } = result
    return applied ? { id, applied } : { id, applied, reason: 'late' }
  })
  group.onCommit(() => reply.send({ results: answers }))
})

server.post<{ Body: LeaseBody }>('/api/channels/:channel/lease', (request, reply) => {
  const { max, waitMs } = request.body
  if (ready.length > 0) {
    reply.send(ready.splice(0, max))
    return
  }
  const poll: Poll = { reply, max, timer: setTimeout(() => endPoll(poll), waitMs) }
  polls.push(poll)
})

process.on('SIGTERM', async () => {
  for (const poll of polls.splice(0)) endPoll(poll)
  await server.close()
  await group.idle()
  await rows.close()
  process.disconnect()
})

await server.listen({ host: '127.0.0.1', port: 0 })
reportUrl(server.server)

function apply(saga: BareSaga, message: ResultsBody['results'][number]): boolean {
  const transition = advance(saga, message, Date.now())
  if (transition === undefined) return false
  const { command } = transition
  group.write(transition, () => {
    if (command === undefined) finish(saga)
    else ready.push(toReadyCommand(saga, command))
  })
  return true
}

function answerPolls(): void {
  while (ready.length > 0 && polls.length > 0) {
    const poll = polls.shift()
    if (poll === undefined) break
    clearTimeout(poll.timer)
    poll.reply.send(ready.splice(0, poll.max))
  }
}

function finish(saga: BareSaga): void {
  sagas.delete(saga.id)
  const reply = finishReplies.get(saga.id)
  finishReplies.delete(saga.id)
  reply?.code(201).send({ flow: 'order', ...saga })
}

function toReadyCommand(saga: BareSaga, command: string): ReadyCommand {
  return {
    id: commandId(saga),
    command,
    execution: saga.id,
    flow: 'order',
    data: saga.state,
    attempt: 1,
    leasedUntil: Date.now() + 30_000,
  }
}

function endPoll(poll: Poll): void {
  clearTimeout(poll.timer)
  const at = polls.indexOf(poll)
  if (at >= 0) polls.splice(at, 1)
  poll.reply.send([])
}
