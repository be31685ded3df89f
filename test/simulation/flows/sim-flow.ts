import type { JsonObject } from '../../../src/kernel/model/json.ts'

/** A flow of the simulated world, with what its services and senders may say. */
export interface SimFlow {
  readonly id: string
  /** The text of its nth version; each is another text. */
  text(version: number): string
  input(number: number): JsonObject
  /** What a service answers to a command: the first one if all is well. Absent: it only accepts. */
  readonly answers: Readonly<Record<string, readonly string[]>>
  /** Events that may come from anywhere, a stranger among them. */
  readonly events: readonly string[]
  /** Nodes that an operator may move to, an unknown one among them. */
  readonly nodes: readonly string[]
}
