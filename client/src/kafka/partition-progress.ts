/**
 * How far a partition is done. Commands of a partition end in any order; what may be committed is the
 * place up to which all of them have ended.
 */
export interface PartitionProgress {
  /** A command was read. In the order of offsets. */
  begin(offset: bigint): void
  /** A command has ended: nothing of it has to come again. */
  end(offset: bigint): void
  /** Everything before this offset was read. */
  readUpTo(offset: bigint): void
  /** From here on commands would have to come again. */
  doneUpTo(): bigint
  /** How many commands were read from there on. */
  ahead(): number
}

export function createPartitionProgress(start: bigint): PartitionProgress {
  const open: bigint[] = []
  const ended = new Set<bigint>()
  /** What lies before is done and waits to be cut off, seldom and many at once. */
  let head = 0
  let read = start

  function end(offset: bigint): void {
    ended.add(offset)
    for (let first = open[head]; first !== undefined && ended.delete(first); first = open[head]) {
      head += 1
    }
    if (head < 1_024 && head < open.length) return
    open.splice(0, head)
    head = 0
  }

  return {
    begin: (offset) => {
      open.push(offset)
      read = offset + 1n
    },
    end,
    readUpTo: (offset) => {
      if (offset > read) read = offset
    },
    doneUpTo: () => open[head] ?? read,
    ahead: () => open.length - head,
  }
}
