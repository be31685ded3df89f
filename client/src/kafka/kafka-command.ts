import type { JsonObject } from '../json.ts'
import type { HandlerContext, HandlerResult } from '../worker/command.ts'

/**
 * A command as it comes over Kafka: what a `Command` of the queue has, without the flow and the
 * business key, which are not on the wire. A handler written for it works with both workers.
 */
export interface KafkaCommand<Data = JsonObject> {
  /**
   * The same whenever the command is repeated: what to remember in order to do it once. Of a record
   * without `message-id`: its topic, partition and offset.
   */
  readonly id: string
  /** Its name: `CheckInventory`. */
  readonly command: string
  /** The id of the execution that sent it: the key of the record. */
  readonly execution: string
  readonly data: Data
  /** From 1; counts the attempts of this process. After a crash, another process begins with 1. */
  readonly attempt: number
  /** The W3C trace context, for services that trace. */
  readonly traceparent?: string
}

/** Carries out one command. What it throws makes the attempt fail; see `TerminalError`. */
export type KafkaHandler<Data = JsonObject> = (
  command: KafkaCommand<Data>,
  context: HandlerContext,
) => HandlerResult | Promise<HandlerResult>
