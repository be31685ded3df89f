import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { ErrorCode } from '../../errors/catalogue.ts'
import { codeToProblem, problemMediaType } from './problem.ts'

/** The largest request head Node's parser takes, in bytes; beyond it answers HEADERS_TOO_LARGE. */
export const headersBytesMax = 16_384

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** Answers what is not HTTP, too long or too slow, before there is a request; then hangs up. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const { code, detail } = describe(error)
  const problem = codeToProblem(code, detail)
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${reasons[problem.status] ?? 'Error'}\r\n` +
      `Content-Type: ${problemMediaType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  )
  // A client that goes on sending must not keep the socket open.
  socket.setTimeout(1000, () => socket.destroy())
}

function describe(error: { readonly code?: string }): { code: ErrorCode; detail: string } {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return {
      code: 'HEADERS_TOO_LARGE',
      detail: `expected a request line and headers of at most ${headersBytesMax} bytes together, found more`,
    }
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      code: 'REQUEST_TIMEOUT',
      detail: 'expected the whole request within 30 s, found it unfinished',
    }
  }
  return {
    code: 'HTTP_MALFORMED',
    detail: `expected an HTTP/1.1 request, found bytes that are none (${error.code ?? 'unknown'})`,
  }
}
