import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { type FrameReader, createFrameReader } from './frames.ts'
import { type ProducedRecord, produceApiKey, readProduce, refusalOf } from './produce-request.ts'

/** A request to store records, held back until the test decides on it. */
export interface HeldProduce {
  readonly records: readonly ProducedRecord[]
  /** Passes it on, and the broker's answer back. */
  pass(): void
  /** Passes it on, and loses the broker's answer together with the connection. */
  passAndCut(): void
  /** Answers in the broker's stead, with this error of the protocol. */
  refuse(errorCode: number): void
}

/** Stands between a client and a broker that sends its clients here (`advertisedPort`). */
export interface KafkaGate {
  readonly port: number
  /** From now on requests go to this port. */
  connectTo(brokerPort: number): void
  /** Called with each request to store records; without a listener they pass. */
  onProduce(listener: ((held: HeldProduce) => void) | undefined): void
  /** Whether an answer of the broker to anything but held requests is still to come. */
  isWaiting(): boolean
  /** Breaks all connections. */
  cut(): void
  close(): Promise<void>
}

export async function openKafkaGate(): Promise<KafkaGate> {
  const connections = new Set<() => void>()
  let brokerPort = 0
  let listener: ((held: HeldProduce) => void) | undefined
  let unanswered = 0

  const server = createServer((client) => join(client))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')

  function join(client: Socket): void {
    const broker = createConnection({ host: '127.0.0.1', port: brokerPort })
    let waiting = 0
    const end = (): void => {
      client.destroy()
      broker.destroy()
      unanswered -= waiting
      waiting = 0
      connections.delete(end)
    }
    connections.add(end)
    for (const socket of [client, broker]) {
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    const pass = (frame: Buffer): void => {
      waiting += 1
      unanswered += 1
      broker.write(frame)
    }
    const answers: FrameReader = createFrameReader((frame) => {
      waiting -= 1
      unanswered -= 1
      client.write(frame)
    })
    const requests: FrameReader = createFrameReader((frame) => {
      if (listener === undefined || frame.readInt16BE(4) !== produceApiKey) {
        pass(frame)
        return
      }
      const request = readProduce(frame)
      listener({
        records: request.records,
        pass: () => pass(frame),
        passAndCut() {
          broker.removeAllListeners('data')
          broker.once('data', end)
          broker.write(frame)
        },
        refuse: (errorCode) => client.write(refusalOf(request, errorCode)),
      })
    })
    client.on('data', requests.take)
    broker.on('data', answers.take)
  }

  return {
    port: address.port,
    connectTo(port) {
      brokerPort = port
    },
    onProduce(newListener) {
      listener = newListener
    },
    isWaiting: () => unanswered > 0,
    cut() {
      for (const end of connections) end()
    },
    async close() {
      for (const end of connections) end()
      server.close()
      await once(server, 'close')
    },
  }
}
