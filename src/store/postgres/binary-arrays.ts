/**
 * Arrays in PostgreSQL's binary form. The driver would write each as one text with every quote of
 * its JSON escaped, which costs more than everything else that a commit does in this process.
 */
const headerBytes = 20
const textType = 25
const bigintType = 20
const booleanType = 16

/** Above this length, counting a text's bytes is cheaper than room for the longest form. */
const countedLength = 512

export function textArray(values: readonly (string | null)[]): Buffer {
  let size = headerBytes
  for (const value of values) size += 4 + (value === null ? 0 : roomFor(value))
  const buffer = Buffer.allocUnsafe(size)
  let offset = writeHeader(buffer, textType, values.length)
  for (const value of values) {
    if (value === null) {
      offset = buffer.writeInt32BE(-1, offset)
      continue
    }
    const length = buffer.write(value, offset + 4)
    buffer.writeInt32BE(length, offset)
    offset += 4 + length
  }
  return buffer.subarray(0, offset)
}

export function bigintArray(values: readonly (number | null)[]): Buffer {
  const buffer = Buffer.allocUnsafe(headerBytes + values.length * 12)
  let offset = writeHeader(buffer, bigintType, values.length)
  for (const value of values) {
    if (value === null) {
      offset = buffer.writeInt32BE(-1, offset)
      continue
    }
    offset = buffer.writeInt32BE(8, offset)
    // Two halves: a bigint object for each number would cost more than all the rest.
    const high = Math.floor(value / 0x1_0000_0000)
    offset = buffer.writeInt32BE(high, offset)
    offset = buffer.writeUInt32BE(value - high * 0x1_0000_0000, offset)
  }
  return buffer.subarray(0, offset)
}

export function booleanArray(values: readonly boolean[]): Buffer {
  const buffer = Buffer.allocUnsafe(headerBytes + values.length * 5)
  let offset = writeHeader(buffer, booleanType, values.length)
  for (const value of values) {
    offset = buffer.writeInt32BE(1, offset)
    offset = buffer.writeUInt8(value ? 1 : 0, offset)
  }
  return buffer.subarray(0, offset)
}

function roomFor(value: string): number {
  return value.length > countedLength ? Buffer.byteLength(value) : value.length * 3
}

/** Dimensions, whether there are nulls, type, length, first index; answers where elements begin. */
function writeHeader(buffer: Buffer, type: number, length: number): number {
  let offset = buffer.writeInt32BE(length === 0 ? 0 : 1, 0)
  offset = buffer.writeInt32BE(1, offset)
  offset = buffer.writeInt32BE(type, offset)
  if (length === 0) return offset
  offset = buffer.writeInt32BE(length, offset)
  return buffer.writeInt32BE(1, offset)
}
