import { connect } from 'node:net'

/** What a server said on a socket until it hung up, or until a whole answer was there. */
export interface RawAnswer {
  readonly status: number
  readonly headers: string
  readonly body: string
  /** How many bytes were accepted before the answer. */
  readonly sentBytes: number
}

/** Sends bytes as they are. With `chunks`, goes on sending until the server answers or hangs up. */
export async function rawRequest(
  port: number,
  head: string | Buffer,
  chunks?: Iterable<string | Buffer>,
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  const received: Buffer[] = []
  const done = Promise.withResolvers<void>()
  let answered = false
  socket.on('data', (data) => {
    received.push(data)
    answered = true
    if (isWhole(Buffer.concat(received).toString())) done.resolve()
  })
  socket.on('close', () => done.resolve())
  // A server that hangs up while we send shows as an error here; the answer came before.
  socket.on('error', () => done.resolve())
  socket.write(head)
  for (const chunk of chunks ?? []) {
    if (answered || socket.destroyed) break
    if (!socket.write(chunk)) await drained(socket)
  }
  await done.promise
  const sentBytes = socket.bytesWritten
  socket.destroy()
  return { ...parse(Buffer.concat(received).toString()), sentBytes }
}

function drained(socket: ReturnType<typeof connect>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const event of ['drain', 'close', 'error', 'data']) socket.once(event, () => resolve())
  return promise
}

function isWhole(text: string): boolean {
  const { headers, body } = parse(text)
  const length = /content-length: (\d+)/i.exec(headers)?.[1]
  return length !== undefined && Buffer.byteLength(body) >= Number(length)
}

function parse(text: string): { status: number; headers: string; body: string } {
  const end = text.indexOf('\r\n\r\n')
  const headers = end === -1 ? text : text.slice(0, end)
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(headers)?.[1] ?? 0),
    headers,
    body: end === -1 ? '' : text.slice(end + 4),
  }
}
