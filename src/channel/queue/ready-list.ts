import type { QueueItem } from './queue-item.ts'

/** Commands that wait for a worker: first in, first out, for each name of a command. */
export interface ReadyList {
  add(item: QueueItem): void
  /** Puts a command back in front: it has waited before. */
  addFirst(item: QueueItem): void
  /** A command of the list is no longer ready: its state says so already. */
  discard(item: QueueItem): void
  /** The oldest ready command with one of these names (any name if absent). */
  take(names: readonly string[] | undefined): QueueItem | undefined
  /** How many are ready under this name; those no longer ready may still be counted. */
  count(name: string): number
  /** Every ready command. */
  all(): readonly QueueItem[]
  /** How many places are in memory, those of commands that are no longer ready included. */
  length(): number
}

export function createReadyList(): ReadyList {
  const fifosByName = new Map<string, Fifo>()

  function fifoOf(name: string): Fifo {
    let fifo = fifosByName.get(name)
    if (fifo === undefined) {
      fifo = { items: [], head: 0, gone: 0 }
      fifosByName.set(name, fifo)
    }
    return fifo
  }

  function oldest(fifos: Iterable<Fifo | undefined>): Fifo | undefined {
    let best: Fifo | undefined
    let bestSequence = Number.POSITIVE_INFINITY
    for (const fifo of fifos) {
      const item = fifo === undefined ? undefined : first(fifo)
      if (item !== undefined && item.command.sequence < bestSequence) {
        best = fifo
        bestSequence = item.command.sequence
      }
    }
    return best
  }

  return {
    add: (item) => fifoOf(item.command.command).items.push(item),
    addFirst(item) {
      const fifo = fifoOf(item.command.command)
      if (fifo.head > 0) {
        fifo.head -= 1
        fifo.items[fifo.head] = item
      } else fifo.items.unshift(item)
    },
    discard(item) {
      const fifo = fifoOf(item.command.command)
      fifo.gone += 1
      // Where no worker comes, nobody would ever skip them, and they would pile up for ever.
      if (fifo.gone > goneMax && fifo.gone * 2 > fifo.items.length - fifo.head) {
        fifo.items = fifo.items.slice(fifo.head).filter((kept) => kept?.state === 'ready')
        fifo.head = 0
        fifo.gone = 0
      }
    },
    take(names) {
      const fifo = oldest(
        names === undefined ? fifosByName.values() : names.map((name) => fifosByName.get(name)),
      )
      if (fifo === undefined) return undefined
      const item = first(fifo)
      advance(fifo)
      return item
    },
    count(name) {
      const fifo = fifosByName.get(name)
      return fifo === undefined ? 0 : fifo.items.length - fifo.head - fifo.gone
    },
    all: () =>
      [...fifosByName.values()].flatMap(({ items, head }) =>
        items.slice(head).filter((item) => item?.state === 'ready'),
      ) as readonly QueueItem[],
    length() {
      let places = 0
      for (const { items, head } of fifosByName.values()) places += items.length - head
      return places
    },
  }
}

interface Fifo {
  items: (QueueItem | undefined)[]
  head: number
  /** How many of the items from the head on are no longer ready. */
  gone: number
}

/** Items that are no longer ready and that may stay before the list is cleared of them. */
const goneMax = 256

/** The first item that is still ready; those withdrawn meanwhile are dropped here. */
function first(fifo: Fifo): QueueItem | undefined {
  while (fifo.head < fifo.items.length) {
    const item = fifo.items[fifo.head]
    if (item?.state === 'ready') return item
    advance(fifo)
    fifo.gone -= 1
  }
  return undefined
}

/** Moves the head; the array is cut when more than half of it is used up. */
function advance(fifo: Fifo): void {
  fifo.items[fifo.head] = undefined
  fifo.head += 1
  if (fifo.head === fifo.items.length) {
    fifo.items = []
    fifo.head = 0
  } else if (fifo.head > 1_024 && fifo.head * 2 > fifo.items.length) {
    fifo.items = fifo.items.slice(fifo.head)
    fifo.head = 0
  }
}
