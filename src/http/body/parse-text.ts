import { type Buffer, isUtf8 } from 'node:buffer'
import { SignalboxError } from '../../errors/signalbox-error.ts'

/** Reads a text body (a flow): it must be UTF-8; a byte order mark is dropped. */
export function parseText(body: Buffer): string {
  if (!isUtf8(body)) {
    throw new SignalboxError('REQUEST_INVALID', 'expected a text in UTF-8, found other bytes')
  }
  const text = body.toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
