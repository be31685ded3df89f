/** Something that others wait for, again and again. */
export interface Notice {
  /** Wakes all who wait now. */
  give(): void
  /** Fulfilled at the next notice, or when aborted. */
  wait(signal: AbortSignal): Promise<void>
}

export function createNotice(): Notice {
  const listeners = new Set<() => void>()
  return {
    give: () => {
      for (const listener of listeners) listener()
    },
    wait: (signal) => {
      if (signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const end = (): void => {
          listeners.delete(end)
          signal.removeEventListener('abort', end)
          resolve()
        }
        listeners.add(end)
        signal.addEventListener('abort', end)
      })
    },
  }
}
