import type { Schedule } from '../../../src/channel/schedule.ts'

/** The time of a simulated world: it stands still between one thing that happens and the next. */
export interface SimulatedClock {
  now(): number
  /** Calls back after a delay; what is due at the same time happens in the order of asking. */
  readonly schedule: Schedule
  sleep(ms: number): Promise<void>
  /** When the next thing is due. */
  nextAt(): number | undefined
  /** Goes to the time of the next thing, and does it. */
  fireNext(): void
  /** Goes on to a time before which nothing is due. */
  goTo(time: number): void
}

interface Alarm {
  readonly at: number
  readonly number: number
  /** Absent: it was cancelled. */
  callback: (() => void) | undefined
}

export function createSimulatedClock(startAt: number): SimulatedClock {
  /** A binary heap, the earliest first. */
  const heap: Alarm[] = []
  let now = startAt
  let alarms = 0

  const schedule: Schedule = (delayMs, callback) => {
    alarms += 1
    const alarm: Alarm = { at: now + Math.max(0, Math.ceil(delayMs)), number: alarms, callback }
    push(heap, alarm)
    return () => {
      alarm.callback = undefined
    }
  }

  function first(): Alarm | undefined {
    while (heap[0] !== undefined && heap[0].callback === undefined) pop(heap)
    return heap[0]
  }

  return {
    now: () => now,
    schedule,
    sleep(ms) {
      const { promise, resolve } = Promise.withResolvers<void>()
      schedule(ms, resolve)
      return promise
    },
    nextAt: () => first()?.at,
    fireNext() {
      const alarm = first()
      if (alarm === undefined) return
      pop(heap)
      now = alarm.at
      alarm.callback?.()
    },
    goTo(time) {
      now = Math.max(now, time)
    },
  }
}

function isBefore(one: Alarm, other: Alarm): boolean {
  return one.at < other.at || (one.at === other.at && one.number < other.number)
}

function push(heap: Alarm[], alarm: Alarm): void {
  let place = heap.length
  while (place > 0) {
    const parentPlace = (place - 1) >> 1
    const parent = heap[parentPlace]
    if (parent === undefined || !isBefore(alarm, parent)) break
    heap[place] = parent
    place = parentPlace
  }
  heap[place] = alarm
}

function pop(heap: Alarm[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let place = 0
  for (;;) {
    const left = heap[2 * place + 1]
    const right = heap[2 * place + 2]
    const isRight = left !== undefined && right !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (child === undefined || !isBefore(child, last)) break
    heap[place] = child
    place = 2 * place + (isRight ? 2 : 1)
  }
  heap[place] = last
}
