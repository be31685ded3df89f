import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createOrderTopics, type OrderTopics, orderTopics } from '../kafka/topics.ts'

/** Flow and channel of the example, on topics of their own and with less patience. */
export interface KafkaSetup {
  readonly flowFolder: string
  readonly configFile: string
  readonly topics: OrderTopics
  /** Begins the names of groups. */
  readonly prefix: string
}

/** The saga waits one second for a payment and not fifteen. */
export async function createKafkaSetup(
  folder: string,
  brokers: readonly string[],
): Promise<KafkaSetup> {
  const prefix = `${randomUUID()}-`
  const topics = { commands: `${prefix}commands`, events: `${prefix}events` }
  await createOrderTopics(brokers, topics)
  const flowFolder = join(folder, 'flows')
  mkdirSync(flowFolder)
  const flow = exampleText('order.flow.yaml')
  writeFileSync(
    join(flowFolder, 'order.flow.yaml'),
    replaced(flow, 'after: { 15s:', 'after: { 1s:'),
  )
  const configFile = join(folder, 'signalbox.yaml')
  const config = [
    [orderTopics.commands, topics.commands],
    [orderTopics.events, topics.events],
    ['order-signalbox', `${prefix}signalbox`],
  ].reduce(
    (text, [from = '', to = '']) => replaced(text, from, to),
    exampleText('signalbox.kafka.yaml'),
  )
  writeFileSync(configFile, config)
  return { flowFolder, configFile, topics, prefix }
}

function exampleText(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', name), 'utf8')
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`expected the example to say ${from}`)
  return text.replace(from, to)
}
