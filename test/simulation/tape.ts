/**
 * Every choice of a run comes from its tape. A tape begun from a seed makes the choices and keeps
 * them; a tape begun from a recording gives them again, and the mildest one (0) where the recording
 * ends. So a recording can be shortened, and its numbers made smaller, and it still says a run.
 *
 * Choices are kept by stream, one for each part of the world that chooses: what one part asks for does
 * not move the choices of the others.
 */
export interface Tape {
  /** A whole number from 0 to `below` - 1. Callers give the mildest choice the number 0. */
  draw(stream: string, below: number): number
  /** True with this probability in thousandths. */
  chance(stream: string, permille: number): boolean
  /** What happens, one after the other. */
  readonly steps: readonly Step[]
  recording(): Recording
}

/** One thing that the run does; its numbers choose among what is there at that time. */
export interface Step {
  /** Chooses how long after the step before. */
  readonly gap: number
  readonly kind: number
  readonly which: number
  readonly how: number
  readonly more: number
}

export interface Recording {
  readonly steps: readonly Step[]
  readonly streams: Readonly<Record<string, readonly number[]>>
}

const stepsMax = 70
const stepsMin = 8

export function tapeOfSeed(seed: number): Tape {
  const sources = new Map<string, Source>()
  const streams: Record<string, number[]> = {}
  const steps = randomSteps(sourceOf(`${seed}/steps`))

  function keep(stream: string, choose: (source: Source) => number): number {
    let source = sources.get(stream)
    if (source === undefined) {
      source = sourceOf(`${seed}/${stream}`)
      sources.set(stream, source)
      streams[stream] = []
    }
    const value = choose(source)
    streams[stream]?.push(value)
    return value
  }

  return {
    draw: (stream, below) => keep(stream, (source) => source() % below),
    chance: (stream, permille) =>
      keep(stream, (source) => (source() % 1_000 < permille ? 1 : 0)) === 1,
    steps,
    recording: () => ({ steps, streams }),
  }
}

export function tapeOfRecording(recording: Recording): Tape {
  const places = new Map<string, number>()

  function next(stream: string): number {
    const place = places.get(stream) ?? 0
    places.set(stream, place + 1)
    return recording.streams[stream]?.[place] ?? 0
  }

  return {
    draw: (stream, below) => next(stream) % below,
    chance: (stream, permille) => next(stream) > 0 && permille > 0,
    steps: recording.steps,
    recording: () => recording,
  }
}

function randomSteps(source: Source): readonly Step[] {
  const count = stepsMin + (source() % (stepsMax - stepsMin))
  return Array.from({ length: count }, () => ({
    gap: source() % 1_000,
    kind: source() % 1_000,
    which: source() % 1_000,
    how: source() % 1_000,
    more: source() % 1_000,
  }))
}

/** Gives the next of a row of numbers below 2^32 that look random. */
type Source = () => number

/** The generator "mulberry32": 32 bits of state are plenty for one stream of a run. */
function sourceOf(name: string): Source {
  let state = hashOf(name)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash
}
