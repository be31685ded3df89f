import { openReader, openWriter } from '../kafka-wire.ts'
import { services } from '../order-data.ts'

/** The three services in a process of their own, on Kafka: a command is read, its event written. */
const [commands = '', events = '', ...brokers] = process.argv.slice(2)
const writer = openWriter(brokers, events)
const reader = await openReader(brokers, commands, 'services', (command) => {
  const { executionId, messageId, label, payload } = command
  const answer = services[label]?.(String(payload['orderId']))
  if (answer === undefined) throw new Error(`Expected a command of the shop, found ${label}.`)
  writer.write({
    executionId,
    messageId: `${messageId}:answer`,
    label: answer.event,
    payload: answer.data,
  })
})
process.send?.({ kind: 'reading' })

process.on('SIGTERM', async () => {
  await reader.close()
  await writer.close()
  process.disconnect()
})
