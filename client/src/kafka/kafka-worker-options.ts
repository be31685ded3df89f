import type { Log } from '../log.ts'
import type { HandlerResult } from '../worker/command.ts'
import type { KafkaCommand } from './kafka-command.ts'

export interface KafkaWorkerOptions {
  /** `host:port` of some brokers, in a list or with commas. Default: `SIGNALBOX_KAFKA_BROKERS`. */
  readonly brokers?: string | readonly string[]
  /** The topic that commands come from. It has to exist. */
  readonly commands: string
  /** The topic that answers go to. It has to exist. */
  readonly events: string
  /** The consumer group: the workers of one service share one, each service has its own. */
  readonly group: string
  /** Names this process wherever people look. Default: the group and some random letters. */
  readonly name?: string
  /** How many handlers run at once. Default 100. */
  readonly maxInFlight?: number
  /**
   * How many commands of a partition may be under way or done past one that is not done yet. Then the
   * partition waits. It is also how many come again after a crash, at most. Default 1000.
   */
  readonly aheadMax?: number
  /** Where a group begins that has never committed. Default `earliest`: no command is missed. */
  readonly startAt?: 'earliest' | 'latest'
  /** How failed attempts are repeated. */
  readonly retry?: KafkaRetry
  /**
   * What to answer when a command has failed for good. Without it nothing is answered: the failure is
   * logged, and the execution goes on by what its flow says of silence (`after`).
   */
  readonly onFailure?: FailureAnswer
  /**
   * After this time without a sign of life the broker gives the partitions of this process to others.
   * Handlers may take longer. Default 30 s.
   */
  readonly sessionTimeoutMs?: number
  /** TLS; `true`: with the authorities that the system trusts. Texts are in PEM. */
  readonly tls?: boolean | KafkaTls
  readonly sasl?: KafkaSasl
  /** Default: warnings and errors on the console. */
  readonly log?: Log
}

/** Waits double from `intervalMs` to `longestMs`, with some randomness. */
export interface KafkaRetry {
  /** Attempts of one command in one process, the first included. Default 10. */
  readonly attempts?: number
  /** Default 200. */
  readonly intervalMs?: number
  /** Default 30 s. */
  readonly longestMs?: number
}

export type FailureAnswer = (
  command: KafkaCommand,
  failure: CommandFailure,
) => HandlerResult | Promise<HandlerResult>

/** Why a command is not attempted any more. */
export interface CommandFailure {
  /** What the last attempt threw. */
  readonly error: unknown
  /** `code` of a `TerminalError` or of what was thrown, else `HANDLER_FAILED`. */
  readonly code: string
  readonly message: string
}

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
