/** The ids that were added last; older ones are forgotten. */
export interface RecentIds {
  add(id: string): void
  has(id: string): boolean
}

export function createRecentIds(max: number): RecentIds {
  const ids = new Set<string>()
  return {
    add: (id) => {
      ids.delete(id)
      ids.add(id)
      if (ids.size <= max) return
      for (const oldest of ids) {
        ids.delete(oldest)
        return
      }
    },
    has: (id) => ids.has(id),
  }
}
