/** Puts together what a stream brings in pieces: Kafka's messages, each behind its length. */
export interface FrameReader {
  readonly take: (chunk: Buffer) => void
}

const lengthBytes = 4

/** @param onFrame given each message with its length in front */
export function createFrameReader(onFrame: (frame: Buffer) => void): FrameReader {
  let rest: Buffer = Buffer.alloc(0)
  return {
    take(chunk) {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= lengthBytes) {
        const end = lengthBytes + rest.readInt32BE(0)
        if (rest.length < end) return
        onFrame(rest.subarray(0, end))
        rest = rest.subarray(end)
      }
    },
  }
}
