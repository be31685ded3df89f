import type { Schedule } from '../schedule.ts'

/** A channel over Apache Kafka. At least one of `commands` and `events` is there. */
export interface KafkaChannelOptions {
  readonly name: string
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[]
  /** The topic that commands go to, keyed by execution id. */
  readonly commands?: string
  /** The topics that events come from. */
  readonly events: readonly string[]
  /** The consumer group that the replicas share. */
  readonly group: string
  /**
   * This process's name in the group, unique among the replicas. One that is started anew under the same
   * name takes its partitions again at once; without a name the group waits for the dead one's session.
   */
  readonly member?: string
  /** Where a partition is begun that nothing is known of. */
  readonly startAt: 'earliest' | 'latest'
  /** Events of executions that are not in the store: others may use the same topic. */
  readonly unknownExecutions: 'dead-letter' | 'ignore'
  readonly tls?: KafkaTls
  readonly sasl?: KafkaSasl
  /** For tests, which bring their own time. */
  readonly schedule?: Schedule
}

/** Texts in PEM. Everything absent: the system's authorities, no certificate of one's own. */
export interface KafkaTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}
