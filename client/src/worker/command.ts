import type { JsonInput, JsonObject } from '../json.ts'

/** A command that Signalbox asks this service to carry out. */
export interface Command<Data = JsonObject> {
  /** The same whenever the command is repeated: what to remember in order to do it once. */
  readonly id: string
  /** Its name: `CheckInventory`. */
  readonly command: string
  /** The id of the execution that sent it. */
  readonly execution: string
  /** The business key of that execution. */
  readonly key?: string
  readonly flow: string
  readonly data: Data
  /** From 1; counts how often it was tried. */
  readonly attempt: number
  /** The W3C trace context, for services that trace. */
  readonly traceparent?: string
}

/** What a handler gets beside the command. */
export interface HandlerContext {
  /**
   * Aborted when the result can no longer matter to this worker: its lease was lost, or the worker
   * is stopping and its grace is over.
   */
  readonly signal: AbortSignal
}

/** The event that a handler answers with. */
export interface HandlerEvent {
  readonly event: string
  readonly data?: JsonInput
}

/** An event, or nothing: then the command is just done. */
export type HandlerResult = HandlerEvent | undefined | void

/**
 * Carries out one command. What it throws makes the attempt fail, and it is tried again as the
 * flow's retry policy says; see `TerminalError` and `RetryLater`.
 */
export type Handler<Data = JsonObject> = (
  command: Command<Data>,
  context: HandlerContext,
) => HandlerResult | Promise<HandlerResult>

/** The answer of a handler: `return event('InventoryCheckOK', { reservation })`. */
export function event(name: string, data?: JsonInput): HandlerEvent {
  return data === undefined ? { event: name } : { event: name, data }
}
