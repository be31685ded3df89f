import { utf8 } from './sha256.ts'

// MD5 (RFC 1321), for keys that other systems derive with it. It protects nothing.

const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const
const sines = Array.from({ length: 64 }, (_, index) =>
  Math.floor(Math.abs(Math.sin(index + 1)) * 0x1_0000_0000),
)

/** The MD5 of a text's UTF-8 bytes, in lower-case hex. */
export function md5(text: string): string {
  const bytes = utf8(text)
  const length = Math.ceil((bytes.length + 9) / 64) * 64
  const blocks = new Uint8Array(length)
  blocks.set(bytes)
  blocks[bytes.length] = 0x80
  const view = new DataView(blocks.buffer)
  view.setUint32(length - 8, (bytes.length << 3) >>> 0, true)
  view.setUint32(length - 4, Math.floor(bytes.length / 0x2000_0000), true)
  let state: readonly [number, number, number, number] = [
    0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476,
  ]
  for (let offset = 0; offset < length; offset += 64) state = mixBlock(state, view, offset)
  return state.map(littleEndianHex).join('')
}

type State = readonly [number, number, number, number]

function mixBlock(state: State, view: DataView, offset: number): State {
  let [a, b, c, d] = state
  for (let round = 0; round < 64; round += 1) {
    const phase = round >> 4
    const [mixed, word] = mixRound(phase, round, b, c, d)
    const shift = shifts[phase]?.[round & 3] ?? 0
    const sum = (a + mixed + (sines[round] ?? 0) + view.getUint32(offset + word * 4, true)) | 0
    a = d
    d = c
    c = b
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0]
}

function mixRound(
  phase: number,
  round: number,
  b: number,
  c: number,
  d: number,
): readonly [number, number] {
  if (phase === 0) return [(b & c) | (~b & d), round]
  if (phase === 1) return [(d & b) | (~d & c), (5 * round + 1) % 16]
  if (phase === 2) return [b ^ c ^ d, (3 * round + 5) % 16]
  return [c ^ (b | ~d), (7 * round) % 16]
}

function littleEndianHex(word: number): string {
  return [0, 8, 16, 24]
    .map((shift) => ((word >>> shift) & 0xff).toString(16).padStart(2, '0'))
    .join('')
}
