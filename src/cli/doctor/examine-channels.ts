import type { ChannelConfiguration, Configuration } from '../../config/configuration.ts'
import type { TopicInspection } from '../../channel/kafka/inspect-kafka.ts'
import { type Finding, ok, problem, reasonOf, warning } from './finding.ts'

type KafkaConfiguration = Extract<ChannelConfiguration, { type: 'kafka' }>

/** More than this many unread messages deserve a look. */
const lagMessagesMax = 10_000
const answerMs = 5_000

/** Whether the other side of each configured channel is there. */
export async function examineChannels({ channels }: Configuration): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const channel of channels) {
    if (channel.type === 'kafka') findings.push(...(await examineKafka(channel)))
    if (channel.type === 'http') findings.push(await examineHttp(channel.name, channel.url))
  }
  return findings
}

/** Any answer will do: commands are not sent for trying. */
async function examineHttp(name: string, url: string): Promise<Finding> {
  const subject = `channel ${name}`
  const { origin } = new URL(url)
  try {
    await fetch(origin, { method: 'HEAD', signal: AbortSignal.timeout(answerMs) })
    return ok(subject, `${origin} answers`)
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    return problem(
      subject,
      `expected a service at ${origin}, found: ${reasonOf(cause)}`,
      'Start the service, or correct `commands` of the channel. Its commands wait meanwhile.',
    )
  }
}

async function examineKafka(channel: KafkaConfiguration): Promise<readonly Finding[]> {
  const subject = `channel ${channel.name}`
  const { inspectKafka } = await import('../../channel/kafka/inspect-kafka.ts')
  try {
    const { brokers, topics, lag } = await inspectKafka(channel)
    return [
      ok(subject, `${brokers} brokers answer`),
      ...topics.map((topic) => examineTopic(subject, channel, topic)),
      ...(channel.events.length === 0 ? [] : [examineLag(subject, channel.group, lag)]),
    ]
  } catch (error) {
    return [
      problem(
        subject,
        `expected a broker at ${channel.brokers.join(', ')}, found: ${reasonOf(error)}`,
        'Check addresses, tls and sasl of the channel. Commands wait and events stay unread meanwhile.',
      ),
    ]
  }
}

function examineTopic(
  subject: string,
  { brokers, group }: KafkaConfiguration,
  inspection: TopicInspection,
): Finding {
  const { topic, use, partitions, replicas = 0, unsoundPartitions = 0, failure } = inspection
  if (partitions === undefined) {
    return problem(
      subject,
      `expected the topic '${topic}' of ${use}, found ${failure ?? 'none'}`,
      `Create it (kafka-topics.sh --bootstrap-server ${brokers[0] ?? ''} --create --topic ${topic} --partitions 6), or let this user see it: it needs ${use === 'commands' ? 'DESCRIBE and WRITE on the topic' : `DESCRIBE and READ on the topic, READ on the group ${group}`}.`,
    )
  }
  const found = `topic '${topic}' of ${use}: ${partitions} partitions, ${replicas} copies each`
  if (unsoundPartitions > 0) {
    return warning(
      subject,
      `${found}; ${unsoundPartitions} lack a leader or a copy`,
      'Look after the brokers: one of them is away.',
    )
  }
  return ok(subject, found)
}

function examineLag(
  subject: string,
  group: string,
  lag: { readonly messages: number } | { readonly unknown: string },
): Finding {
  if ('unknown' in lag) return ok(subject, `group '${group}': lag unknown, ${lag.unknown}`)
  const found = `group '${group}': ${lag.messages} messages are not read yet`
  return lag.messages > lagMessagesMax
    ? warning(
        subject,
        found,
        'Run more replicas, up to the number of partitions; look at commit times.',
      )
    : ok(subject, found)
}
