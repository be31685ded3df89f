import { readRecord } from '../../../src/channel/kafka/read-record.ts'
import type { Store } from '../../../src/store/store.ts'
import type { World } from '../world.ts'
import { type Broker, partitions } from './broker.ts'
import { logChannelName } from './log-channel.ts'

/** Everything in the log of events has come to an execution, was a repeat, or is a dead letter. */
export async function auditLog(
  world: World,
  broker: Broker,
  store: Store,
  sourceOf: (partition: number) => string,
): Promise<void> {
  const { stored, violations } = world
  const letters = await store.listDeadLetters({ channel: logChannelName, limit: 10_000 })
  const codes = new Map(
    letters.map(({ source, position, code }) => [`${source} ${position}`, code]),
  )
  const saved = await store.readPositions(logChannelName)
  for (let partition = 0; partition < partitions; partition += 1) {
    const source = sourceOf(partition)
    const length = broker.length('events', partition)
    const settled = saved.get(source) ?? -1
    if (settled !== length - 1) {
      violations.report(
        'a log is read to its end',
        `${source} is settled up to ${settled}, and has ${length} messages`,
      )
    }
    for (const record of broker.read('events', partition, 0, length)) {
      const found = readRecord(record)
      const name = `${source} ${record.position}`
      const execution = found.kind === 'event' ? stored.get(found.event.executionId) : undefined
      if (found.kind !== 'event' || execution === undefined) {
        if (!codes.has(name)) violations.report('what cannot be applied is a dead letter', name)
        continue
      }
      if (codes.get(name) === 'EXECUTION_NOT_FOUND') {
        violations.report('what can be applied is no dead letter', name)
      }
      const { messageId } = found.event
      const isTaken = execution.facts.some(
        (fact) =>
          ('origin' in fact &&
            fact.origin?.source === source &&
            fact.origin.position === record.position) ||
          (messageId !== undefined && 'messageId' in fact && fact.messageId === messageId),
      )
      if (!isTaken) violations.report('no message of a log is lost', `${name} is in no journal`)
    }
  }
}
