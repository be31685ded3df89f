import { randomBytes } from 'node:crypto'
import fastify, { type FastifyReply } from 'fastify'
import { reportUrl } from '../../measure/report-url.ts'
import { advance, type BareSaga, commandId, startSaga } from '../bare/bare-saga.ts'
import { createGroupCommit } from '../bare/group-commit.ts'
import { openRows } from '../bare/open-rows.ts'
import { openReader, openWriter } from '../kafka-wire.ts'

/**
 * The bare loop: what is left of the order saga over Kafka when there is no engine. Orders come by
 * HTTP, events from a topic; the same four rows a transition are committed for everything that has
 * arrived since the commit before; then the next command is written to the other topic. What an
 * engine costs is measured against it.
 */
const [place = '', commands = '', events = '', ...brokers] = process.argv.slice(2)
const rows = await openRows(place)
const group = createGroupCommit(rows, () => {})
const writer = openWriter(brokers, commands)
const sagas = new Map<string, BareSaga>()
const finishReplies = new Map<string, FastifyReply>()
const runPrefix = randomBytes(6).toString('hex')
let started = 0

const server = fastify({ keepAliveTimeout: 60_000 })
server.post<{ Body: { readonly input: BareSaga['state'] } }>(
  '/api/executions',
  (request, reply) => {
    const now = Date.now()
    started += 1
    const id = `${now.toString(16).padStart(12, '0')}-${started.toString(16).padStart(8, '0')}-${runPrefix}`
    const saga = startSaga(id, request.body.input, now)
    sagas.set(id, saga)
    finishReplies.set(id, reply)
    apply(saga, { id })
  },
)

const reader = await openReader(brokers, events, 'bare', (message) => {
  const saga = sagas.get(message.executionId)
  if (saga === undefined || message.messageId !== `${commandId(saga)}:answer`) return
  apply(saga, { id: message.messageId, event: message.label, data: message.payload })
})

process.on('SIGTERM', async () => {
  await server.close()
  await reader.close()
  await group.idle()
  await writer.close()
  await rows.close()
  process.disconnect()
})

await server.listen({ host: '127.0.0.1', port: 0 })
reportUrl(server.server)

function apply(saga: BareSaga, message: Parameters<typeof advance>[1]): void {
  const transition = advance(saga, message, Date.now())
  if (transition === undefined) return
  const { command } = transition
  group.write(transition, () => {
    if (command === undefined) finish(saga)
    else {
      const messageId = commandId(saga)
      writer.write({ executionId: saga.id, messageId, label: command, payload: saga.state })
    }
  })
}

function finish(saga: BareSaga): void {
  sagas.delete(saga.id)
  const reply = finishReplies.get(saga.id)
  finishReplies.delete(saga.id)
  reply?.code(201).send({ flow: 'order', ...saga })
}
