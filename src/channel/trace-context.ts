import { hash as digestOf } from 'node:crypto'

/**
 * Trace context after W3C (https://www.w3.org/TR/trace-context/). An execution is a trace and a command
 * a span of it; both ids follow from the names, so that every replica knows them without asking.
 */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** 32 hex digits. A UUID is its own trace id, so that people find one by the other. */
export function traceIdOf(executionId: string): string {
  return uuid.test(executionId) ? executionId.replaceAll('-', '') : hash(executionId, 32)
}

/** 16 hex digits: the span of a command, from its issue to its settlement. */
export function spanIdOf(commandId: string): string {
  return hash(commandId, 16)
}

/** The header that goes out with a command. */
export function traceparentOf(command: {
  readonly executionId: string
  readonly commandId: string
}): string {
  return `00-${traceIdOf(command.executionId)}-${spanIdOf(command.commandId)}-01`
}

/** What a later version may add behind them is not for us. */
export const traceparentCharacters = 55

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-|$)/

/** What somebody else's header names; nothing if it is malformed, as the standard wants it. */
export function parseTraceparent(
  header: string | undefined,
): { readonly traceId: string; readonly spanId: string } | undefined {
  const [, traceId = '', spanId = ''] = traceparent.exec(header ?? '') ?? []
  return isAllZeros(traceId) || isAllZeros(spanId) || header?.startsWith('ff') === true
    ? undefined
    : { traceId, spanId }
}

/** Also when there is nothing. */
function isAllZeros(digits: string): boolean {
  return /^0*$/.test(digits)
}

function hash(text: string, digits: number): string {
  return digestOf('sha256', text, 'hex').slice(0, digits)
}
