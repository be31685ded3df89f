import { RetryLater } from './failures.ts'

/** The server takes no control characters in names. */
const notInNames = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu

/** What a failure is called: a code of its own, else HANDLER_FAILED. */
export function codeOf(error: unknown): string {
  if (error instanceof RetryLater) return 'RETRY_LATER'
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code) {
    return error.code.replace(notInNames, ' ')
  }
  return 'HANDLER_FAILED'
}

/** What a failure says; never empty. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message === '' ? 'no message was given' : message
}
